// The step format. Models are trained on it: it never changes.
//   marked:     Step 0: Let's break down this problem step by step.\n\nStep 1: …\n\nStep 2: …
//   paragraph:  Let's break down this problem step by step.\n\n…\n\n…
// A step holds no blank line and no line that begins like a step, so that a joined solution splits into the same steps, in both.
import { defuseTokens, plainText, quoteSpeaker } from './defuse.ts';

/**
 * How a policy writes steps: with a mark, "Step k: …", or one paragraph a step without. A paragraph ends at a blank line, whatever it is part of: a list, table or code with blank lines
 * inside is several steps, a heading with a blank line behind it is one.
 */
export type Stepping = 'marked' | 'paragraph';

/** The text of the root of every tree. */
export const STEP_ZERO = "Let's break down this problem step by step.";

/** Between two steps, and nowhere else. */
export const STEP_SEPARATOR = '\n\n';

/** "Step k: "; nothing where steps are paragraphs. */
export const markStep = (k: number, stepping: Stepping = 'marked'): string => (stepping === 'marked' ? `Step ${k}: ` : '');

// At the beginning of a line: "Step 2:", "**Step 2:**", "**Step 2**:", "### Step 2:", "- Step 2:" is none. Bold that the mark opens and does not close belongs to the step.
const MARK = /^[ \t]{0,8}(?:#{1,6}[ \t]{0,3})?(?:Step|STEP)[ \t]{1,2}(?<number>\d{1,3})[ \t]{0,2}:/;
const BOLD_MARK = /^[ \t]{0,8}(?:#{1,6}[ \t]{0,3})?(?<bold>\*\*|__)[ \t]{0,2}(?:Step|STEP)[ \t]{1,2}(?<number>\d{1,3})[ \t]{0,2}(?:(?<closed>\k<bold>)[ \t]{0,2}:|:[ \t]{0,2}(?<behind>\k<bold>)?)/;

const MARK_MAX = 40; // no mark is longer, up to its number
const FULL_WIDTH = /[\uff01-\uff5e\u3000]/g; // one code unit each, like the ASCII sign they stand for

interface Mark { readonly number: number; readonly rest: string }

function readMark(line: string): Mark | undefined {
  const head = line.slice(0, 2 * MARK_MAX).replace(FULL_WIDTH, (sign) => (sign === '\u3000' ? ' ' : String.fromCharCode(sign.charCodeAt(0) - 0xfee0)));
  const found = MARK.exec(head) ?? BOLD_MARK.exec(head);
  if (found === null) return undefined;
  const { bold, closed, behind, number } = found.groups!;
  const rest = line.slice(found[0].length).trim();
  const goesOn = bold !== undefined && closed === undefined && behind === undefined; // "**Step 2: Anemia.** It is mild."
  return { number: Number(number), rest: rest !== '' && goesOn ? `${bold}${rest}` : rest };
}

/** Lines without control characters and trailing space, template tokens broken; a line that nothing is seen of is ''. */
const linesOf = (text: string): readonly string[] =>
  defuseTokens(plainText(text)).split('\n').map((line) => (/[^\s\p{Default_Ignorable_Code_Point}]/u.test(line) ? line.trimEnd() : ''));

/**
 * One step as it stands in a tree: trimmed, LF, no blank line, no control character, no template token, no line that begins like a turn. A mark at its beginning ("Step 4:") is taken off; a line
 * inside it that begins with one is joined to the line before, where it is no mark. Idempotent; may be empty. The same for both ways of stepping.
 */
export function normaliseStep(text: string): string {
  const lines: string[] = [];
  for (const line of linesOf(text)) if (line !== '') addLine(lines, line);
  return lines.map(quoteSpeaker).join('\n');
}

function addLine(lines: string[], line: string): void {
  if (lines.length === 0) {
    let first = line.trim();
    for (let mark = readMark(first); mark !== undefined; mark = readMark(first)) first = mark.rest;
    if (first !== '') lines.push(first);
  } else if (readMark(line) === undefined) {
    lines.push(line);
  } else {
    const before = lines.pop()!;
    const joined = `${before} ${line.trim()}`;
    if (before.length > MARK_MAX) lines.push(joined);
    else addLine(lines, joined); // "#" and "Step 2:" make a mark together
  }
}

/**
 * "Step 0: …\n\nStep 1: …", as paragraphs without the marks; the first text is Step 0. Throws RangeError for a text that would split into other steps: one that
 * `normaliseStep` would change, an empty one, the text of Step 0 in a later place.
 */
export function joinSteps(texts: readonly string[], stepping: Stepping = 'marked'): string {
  return texts.map((text, k) => {
    if (text === '' || text !== normaliseStep(text) || (text === STEP_ZERO && k > 0)) throw new RangeError(`Step ${k} is not normalised: ${JSON.stringify(text.slice(0, 80))}`);
    return markStep(k, stepping) + text;
  }).join(STEP_SEPARATOR);
}

/** The prefix a model continues: the joined steps and the open mark of the next, "\n\nStep k:" without a trailing space. As paragraphs it ends with the separator. */
export function openStep(texts: readonly string[], stepping: Stepping = 'marked'): string {
  return `${joinSteps(texts, stepping)}${texts.length === 0 ? '' : STEP_SEPARATOR}${stepping === 'marked' ? `Step ${texts.length}:` : ''}`;
}

/**
 * The normalised, non-empty steps of what a model wrote behind `openStep`, `first` being the number of the open step. Cuts at marks at the beginning of lines, whatever number the model counts, never
 * inside words ("Stepwise therapy") or lines ("as in Step 2: …"); where steps are paragraphs at blank lines too. Marks are taken off in both. Behind other steps a "Step 0:" begins another
 * solution: the steps end there. An echo of the text of Step 0 is none.
 */
export function splitSteps(continuation: string, first: number, stepping: Stepping = 'marked'): readonly string[] {
  const pieces: string[][] = [[]];
  let written = false;
  for (const line of linesOf(continuation)) {
    if (line === '') { if (stepping === 'paragraph') pieces.push([]); continue; }
    const mark = readMark(line);
    if (mark?.number === 0 && written) break;
    written ||= mark === undefined || mark.rest !== '';
    if (mark === undefined) pieces.at(-1)!.push(line);
    else pieces.push([mark.rest]);
  }
  return pieces.map((piece) => normaliseStep(piece.join('\n'))).filter((step) => step !== '').filter((step, at) => step !== STEP_ZERO || first + at === 0);
}

/** What is judged of a continuation, from its steps (`splitSteps`): their texts without marks. The same for a Finish, a rollout and a solution of the curriculum. */
export const judgedText = (steps: readonly string[]): string => steps.join(STEP_SEPARATOR);

/** The steps of a whole solution, as `joinSteps` wrote it: Step 0 first. */
export const parseSteps = (text: string, stepping: Stepping = 'marked'): readonly string[] => splitSteps(text, 0, stepping);
