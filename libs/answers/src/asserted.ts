// The other order of words: "C is the correct answer", "Option B is correct.", "Both A and C are correct."
import { readThrough } from './fillers.ts';
import { matchAt, type Reader } from './reading.ts';
import type { Statement } from './statements.ts';

const ASSERTION = /[ \t]{1,2}(?:is|would be|must be)[ \t](?:clearly |therefore |thus |indeed |most likely |probably )?(?:(?:the )?(?:only |single |most )?(?:correct|right|best|appropriate|accurate|likely)(?:[ \t](answer|option|choice|response|one|diagnosis))?|the (?:final )?(answer))/gi;
const DENIAL = /[ \t]{1,2}(?:(?:is|was) (?:clearly |therefore |thus )?(?:not (?:the )?(?:correct|right)|incorrect|wrong)|(?:isn't|wasn't) (?:the )?(?:correct|right))(?: (?:answer|option|choice))?/gi;
const PLURAL = /[ \t]{1,2}are[ \t](?:both |all |equally |clearly |therefore |thus )?(?:the )?(?:correct|right|best)(?:[ \t](answers|options|choices|responses))?/gi;
const TERMINATED = /[*_"')\]}$]{0,6}(?:$|[\n.,:;!]|[ \t]{1,2}(?:because|since|as|here|for this|in this|to this|to the question|given|based|among|of the)\b)/iy;
const SUBJECT = /(?:^|[^A-Za-z0-9'-])((?:option|choice|answer|letter|statement)[ \t]{1,3})?([([{*_"'`]{0,6})([A-Za-z])([)\]}*_"'`.:]{0,6})$/i;
const NOUNS = /[\s*_"']{0,4}(?:(?:both )?(?:the )?(?:options|choices|answers|letters|statements)[ \t]{1,2})?/iy;
const CLAUSE_START = /(?:^|[\n.!?:;,>*]\s{0,3}|\b(?:so|thus|therefore|hence|that|conclude|only|think|believe|because|then)[ \t,]{1,3})$/i;
const LINE_LEAD = /^[\s*#>-]{0,8}(?:step \d{1,3}[:.]?[\s*]{0,4})?(?:(?:so|thus|therefore|hence|finally)[,\s]{1,3})?(?:that )?/i;

type Subject = Omit<Statement, 'rule' | 'strong' | 'final'>;

/** Assertions that one option is the right one, or that several are. Strong with a noun ("the correct answer"), weak without ("C is correct"). Looks at most 300 characters back from each. */
export function readAssertions(text: string, read: Reader): readonly Statement[] {
  const statements: Statement[] = [];
  for (const found of text.matchAll(ASSERTION)) {
    if (matchAt(TERMINATED, text, found.index + found[0].length) === null) continue;
    const reading = subjectBefore(text, found.index, read);
    if (reading === undefined) continue;
    const strong = /^(?:answer|option|choice|response)$/i.test(found[1] ?? found[2] ?? '');
    statements.push({ ...reading, end: found.index + found[0].length, rule: 'assertion', strong, final: false });
  }
  for (const found of text.matchAll(PLURAL)) {
    const reading = matchAt(TERMINATED, text, found.index + found[0].length) === null ? undefined : subjectsBefore(text, found.index, read);
    if (reading !== undefined) statements.push({ ...reading, end: found.index + found[0].length, rule: 'assertion', strong: found[1] !== undefined, final: false });
  }
  for (const found of text.matchAll(DENIAL)) {
    const reading = matchAt(TERMINATED, text, found.index + found[0].length) === null ? undefined : subjectBefore(text, found.index, read);
    if (reading !== undefined) statements.push({ ...reading, end: found.index + found[0].length, rule: 'assertion', strong: false, final: false, denies: true });
  }
  return statements;
}

// The subject is an option with its words from the beginning of the line on, or the letter right before the verb.
function subjectBefore(text: string, end: number, read: Reader): Subject | undefined {
  const from = Math.max(0, end - 300);
  const back = text.slice(from, end);
  const start = back.lastIndexOf('\n') + 1;
  const clause = start + LINE_LEAD.exec(back.slice(start, start + 60))![0].length;
  for (const at of [clause, lastClause(back, start)]) { // "there is no fever: GERD is the correct diagnosis"
    const whole = readThrough(back, at, read);
    if (whole !== undefined && whole.keys.length === 1 && /^[\s*_"')\]]*$/.test(back.slice(whole.end))) return { ...whole, start: from + at, end };
  }
  const letter = SUBJECT.exec(back.slice(-24));
  if (letter === null) return undefined;
  const at = back.length - letter[4]!.length - 1;
  const free = letter[1] !== undefined || /[([{]/.test(letter[2]!) || (/[A-Z]/.test(letter[3]!) && CLAUSE_START.test(back.slice(0, at - letter[2]!.length)));
  const reading = free ? read(letter[3]!, 0) : undefined; // the letter alone: what follows it is the verb
  return reading === undefined ? undefined : { ...reading, start: from + at, end };
}

// "Options A and C", "both A and C" from the beginning of the line or of the clause on; one option may name them all ("Both A and C").
function subjectsBefore(text: string, end: number, read: Reader): Subject | undefined {
  const from = Math.max(0, end - 300);
  const back = text.slice(from, end);
  const start = back.lastIndexOf('\n') + 1;
  for (const clause of [start + LINE_LEAD.exec(back.slice(start, start + 60))![0].length, lastClause(back, start)]) {
    const at = clause + matchAt(NOUNS, back, clause)![0].length;
    const whole = readThrough(back, at, read);
    if (whole !== undefined && /^[\s*_"')\]]*$/.test(back.slice(whole.end))) return { ...whole, start: from + clause, end };
  }
  return undefined;
}

function lastClause(back: string, start: number): number {
  const ends = [...back.slice(start).matchAll(/[.:;!?,]\s{1,3}/g)].at(-1);
  return ends === undefined ? start : start + ends.index + ends[0].length;
}
