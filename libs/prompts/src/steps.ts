// The step format. Models are trained on it: it never changes.
//   Step 0: Let's break down this problem step by step.\n\nStep 1: …\n\nStep 2: …
// A step holds no blank line and no line that begins like a step, so that a joined solution splits into the same steps.
import { defuseTokens, plainText } from './defuse.ts';

/** How a policy writes steps: with a mark, "Step k: …", or one paragraph a step without. */
export type Stepping = 'marked' | 'paragraph';

/** The text of the root of every tree. */
export const STEP_ZERO = "Let's break down this problem step by step.";

/** Between two steps, and nowhere else. */
export const STEP_SEPARATOR = '\n\n';

/** "Step k: ". */
export const markStep = (k: number): string => `Step ${k}: `;

// At the beginning of a line: "Step 2:", "**Step 2:**", "**Step 2**:", "### Step 2:", "- Step 2:" is none. Bold that the mark opens and does not close belongs to the step.
const MARK = /^[ \t]{0,8}(?:#{1,6}[ \t]{0,3})?(?:Step|STEP)[ \t]{1,2}(?<number>\d{1,3})[ \t]{0,2}:/;
const BOLD_MARK = /^[ \t]{0,8}(?:#{1,6}[ \t]{0,3})?(?<bold>\*\*|__)[ \t]{0,2}(?:Step|STEP)[ \t]{1,2}(?<number>\d{1,3})[ \t]{0,2}(?:(?<closed>\k<bold>)[ \t]{0,2}:|:[ \t]{0,2}(?<behind>\k<bold>)?)/;

const MARK_MAX = 40; // no mark is longer, up to its number

interface Mark { readonly number: number; readonly rest: string }

function readMark(line: string): Mark | undefined {
  const found = MARK.exec(line) ?? BOLD_MARK.exec(line);
  if (found === null) return undefined;
  const { bold, closed, behind, number } = found.groups!;
  const rest = line.slice(found[0].length).trim();
  const goesOn = bold !== undefined && closed === undefined && behind === undefined; // "**Step 2: Anemia.** It is mild."
  return { number: Number(number), rest: rest !== '' && goesOn ? `${bold}${rest}` : rest };
}

/** Lines without control characters, blank lines and trailing space; template tokens broken. */
const linesOf = (text: string): readonly string[] =>
  defuseTokens(plainText(text)).split('\n').map((line) => line.trimEnd()).filter((line) => line !== '');

/**
 * One step as it stands in a tree: trimmed, LF, no blank line, no control character, no template token. A mark at its beginning ("Step 4:") is taken off; a line inside it
 * that begins with one is joined to the line before, where it is no mark. Idempotent; may be empty.
 */
export function normaliseStep(text: string): string {
  const lines: string[] = [];
  for (const line of linesOf(text)) addLine(lines, line);
  return lines.join('\n');
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

/** "Step 0: …\n\nStep 1: …"; the first text is Step 0. Throws RangeError for a text that `normaliseStep` would change or that is empty: it would split into other steps. */
export function joinSteps(texts: readonly string[]): string {
  return texts.map((text, k) => {
    if (text === '' || text !== normaliseStep(text)) throw new RangeError(`Step ${k} is not normalised: ${JSON.stringify(text.slice(0, 80))}`);
    return markStep(k) + text;
  }).join(STEP_SEPARATOR);
}

/** The joined steps and the open mark of the next, "\n\nStep k:" without a trailing space: the prefix a model continues. */
export const openStep = (texts: readonly string[]): string => `${joinSteps(texts)}${texts.length === 0 ? '' : STEP_SEPARATOR}Step ${texts.length}:`;

/**
 * The normalised, non-empty steps of what a model wrote behind an open "Step first:". Cuts at the beginning of lines only, whatever number the model counts, never inside words
 * ("Stepwise therapy") or lines ("as in Step 2: …"). Behind Step 0 a further "Step 0:" begins another solution: the steps end there.
 */
export function splitSteps(continuation: string, first: number): readonly string[] {
  const pieces: string[][] = [[]];
  for (const line of linesOf(continuation)) {
    const mark = readMark(line);
    if (mark === undefined) { pieces.at(-1)!.push(line); continue; }
    if (mark.number === 0 && first > 0 && pieces.some((piece) => piece.length > 0)) break;
    pieces.push([mark.rest]);
  }
  return pieces.map((piece) => normaliseStep(piece.join('\n'))).filter((step) => step !== '' && (first === 0 || step !== STEP_ZERO));
}

/** The steps of a whole solution "Step 0: …", as `joinSteps` wrote it: Step 0 first. */
export const parseSteps = (text: string): readonly string[] => splitSteps(text, 0);
