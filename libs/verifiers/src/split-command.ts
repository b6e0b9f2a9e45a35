import { splitCommand as split } from '@slowthink/settings';

const place = { before: '--grader "command:', hint: 'Write it as command:PROGRAM ARGS…, with quotes around a part that holds spaces, or as a JSON list: command:["python3", "grade.py"].' };

/** Program and arguments behind "command:", cut as every command of a setting is. SETTING_INVALID. */
export const splitCommand = (text: string): readonly string[] => split(text, place);
