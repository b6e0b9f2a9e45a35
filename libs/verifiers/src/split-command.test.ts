import { describe, expect, it } from 'vitest';
import { splitCommand } from './split-command.ts';

describe('the command behind "command:"', () => {
  it.each([
    ['grade', ['grade']],
    ['  python3   grade.py\t--strict ', ['python3', 'grade.py', '--strict']],
    ['python3 "my grader.py" --name=\'a "b" c\'', ['python3', 'my grader.py', '--name=a "b" c']],
    ['grade "" x', ['grade', '', 'x']],
    ['grade $HOME *.txt a|b a;b \\n >f', ['grade', '$HOME', '*.txt', 'a|b', 'a;b', '\\n', '>f']], // nothing else means anything
    ['["python3", "my grader.py", "it\'s"]', ['python3', 'my grader.py', "it's"]],
  ])('%s is cut into program and arguments', (text, argv) => {
    expect(splitCommand(text)).toEqual(argv);
  });

  it.each([
    ['', 'the program is missing after "command:".'],
    ['"" x', 'the program is missing'],
    ['[]', 'the program is missing'],
    ['python3 "grade.py', 'a quote (") is not closed.'],
    ['["python3", 3]', 'the JSON list holds something that is no text.'],
    ['[python3]', 'it begins like a JSON list and is none.'],
    ['grade a\0b', 'a part holds the character NUL.'],
  ])('%j is refused with what is wrong', (text, message) => {
    expect(() => splitCommand(text)).toThrow(message);
  });
});
