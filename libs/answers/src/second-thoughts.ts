// What a text thinks better of: "Wait, that's not right." takes an answer back, "On second thought, C." puts another in its place, "No, it is right." gives it back.
import { readThrough } from './fillers.ts';
import { lastLine, readLine } from './lines.ts';
import { matchAt, type Reading, type Readers } from './reading.ts';
import type { Statement, Turn } from './statements.ts';
import { DOUBTS, FAR_WORDS, NEAR_WORDS, NO_ALONE, SAYS_NOT_RIGHT, SAYS_RIGHT, TAKES_BACK, TURN_START } from './turn-phrases.ts';

const GAP = /[\s,.;:!*_"'()–—-]{1,6}/y;
const CLAUSE_START = /(?:^[\s"'*_]{0,4}|[.!?;:,}\n(–—-][\s"'*_)]{0,4}|\b(?:but|and|so)[ \t,]{1,2})$/i;
const SENTENCE_START = /(?:^|[.!?}\n])[\s"'*_)]{0,4}(?:(?:but|yes|okay|ok|I (?:now )?(?:think|believe)(?: that)?)[ \t,]{1,2})?$/i;
const LEAD = /(?:(?:so|then|therefore|thus|hence|rather|instead|I (?:now )?(?:think|believe)(?: that)?)[ \t,]{1,2})?(?:(?:it|that|this|the (?:right|correct|best) (?:one|answer|option|choice))(?:'s| is| was| should(?: rather)? be| must be| has to be| would be)|I(?:'d| would| will|'ll)? (?:mean|meant|say|choose|pick|go with)|make (?:it|that))[ \t:,]{1,3}/iy;
const LATER = /(?<![\p{L}\p{N}'_-])(?:(?:(so|then|thus|therefore|hence)[ \t,]{1,3})?(?:(?:it|that|the (?:right|correct) one)(?:'s| is| must be| should be| has to be)|(?:that|which) makes it)[ \t]{1,2}|(so|thus|therefore|hence)[ \t,]{1,3})/giu;
const CLOSED = /[*_"')\]}$]{0,6}(?:[.;!](?=[\s"'*)\]]|$)|\n|$|,?[ \t](?:because|since|as|not|given|which|after all|then|instead)\b|[ \t][–—-][ \t])|:(?=[ \t])/y;
const IT_IS = /([^\n.,;:!?]{1,80}?)[ \t]it is\b/iy; // "C it is"
const NO_ANSWER = /^(?:interesting|right|correct|wrong|incorrect|fine|true|false|ok(?:ay)?|yes|yeah|no|not|sure|good|what|why|how|let|there|that|this|these|we|I|you|he|she|they|it|maybe|perhaps)\b/i;
const WORDS_MAX = 3; // where any words are an answer: "wait, the sentence says high-dose" is prose, "wait, 10 mg" is not
const ELEMENTS_MAX = 8;

/**
 * The turns of a text behind its first answer, in order; `settle` says which of them meet the answer that stands there. Of a text that was cut off, a doubt in its last, unfinished sentence takes the answer back:
 * nobody knows what would have followed. Each turn looks at a bounded number of characters: linear.
 */
export function readSecondThoughts(text: string, from: number, readers: Readers, truncated: boolean): readonly Statement[] {
  const turns: Statement[] = [];
  TURN_START.lastIndex = from;
  for (let found = TURN_START.exec(text); found !== null; found = TURN_START.exec(text)) {
    if (!beginsClause(text, found.index, found[0])) continue;
    const { turn, end } = readTurn(text, found.index, readers, truncated);
    if (turn !== undefined) turns.push(turn);
    TURN_START.lastIndex = Math.max(end, TURN_START.lastIndex); // each phrase is read once
  }
  const doubt = turns.find(({ turn }) => turn === 'doubts' || turn === 'withdraws');
  return doubt === undefined ? turns : [...turns, ...readRevisions(text, doubt.end, readers, truncated)];
}

const beginsClause = (text: string, at: number, phrase: string): boolean => CLAUSE_START.test(text.slice(Math.max(0, at - 12), at)) || /^(?:or rather|no wait)\b/i.test(phrase);

// "Hmm, no. That's wrong. It's C.": phrase by phrase, up to an answer or to words of another kind.
function readTurn(text: string, start: number, readers: Readers, truncated: boolean): { readonly turn?: Statement; readonly end: number } {
  const before = text.slice(Math.max(0, start - 12), start);
  if (/\?["')\s]*$/.test(before)) return { end: start }; // "Could it be A? No, that's wrong."
  let [here, end, far, doubts, withdraws, restores] = [start, start, false, false, false, false];
  for (let count = 0; count < ELEMENTS_MAX; count++) {
    const replaced = count === 0 || (readers.open === true && startsPhrase(text, here)) ? undefined : readReplacement(text, end, here, readers, withdraws);
    if (replaced !== undefined) return { turn: turnOf(truncated && replaced.end >= text.length ? 'withdraws' : 'replaces', start, far && SENTENCE_START.test(before), replaced), end: replaced.end };
    const right = matchAt(SAYS_RIGHT, text, here);
    const back = matchAt(TAKES_BACK, text, here) ?? (count === 0 ? null : matchAt(NO_ALONE, text, here));
    const wrong = back ?? matchAt(SAYS_NOT_RIGHT, text, here);
    const doubt = matchAt(DOUBTS, text, here);
    const farWord = matchAt(FAR_WORDS, text, here);
    const phrase = right ?? wrong ?? doubt ?? farWord ?? matchAt(NEAR_WORDS, text, here);
    if (phrase === null) break;
    if (right !== null) [restores, withdraws] = [true, false];
    else if (wrong !== null) [restores, withdraws] = [false, true];
    doubts ||= doubt !== null;
    far ||= back !== null || doubt !== null || farWord !== null;
    end = here + phrase[0].length;
    here = end + (matchAt(GAP, text, end)?.[0].length ?? 0);
    if (wrong !== null && back === null && text[end] === ':' && readers.open !== true && readThrough(text, here, readers.read) !== undefined) return { end }; // "This is wrong: A and B."
  }
  if (truncated && doubts && text.length - end < 400 && !/[.!?\n]\s/.test(text.slice(end))) return { turn: turnOf('withdraws', start, true, { end }), end };
  const turn: Turn | undefined = withdraws ? 'withdraws' : restores ? 'restores' : doubts ? 'doubts' : undefined;
  return { end, ...(turn === undefined ? {} : { turn: turnOf(turn, start, turn !== 'withdraws' || (far && SENTENCE_START.test(before)), { end }) }) };
}

const startsPhrase = (text: string, at: number): boolean => [DOUBTS, FAR_WORDS, NEAR_WORDS].some((phrase) => matchAt(phrase, text, at) !== null);

const turnOf = (turn: Turn, start: number, far: boolean, { end, keys = [], right = false, text = '' }: Partial<Reading> & Pick<Reading, 'end'>): Statement =>
  ({ keys, right, text, end, start, rule: 'second thought', strong: false, final: false, turn, near: !far });

// The answer behind a turn: "it's C", or "C" alone, which must stand in the same sentence unless the answer before has been taken back.
function readReplacement(text: string, end: number, at: number, readers: Readers, withdrawn: boolean): Reading | undefined {
  const lead = matchAt(LEAD, text, at);
  const led = lead === null ? undefined : readClosed(text, at + lead[0].length, readers);
  if (led !== undefined) return led;
  const inverted = matchAt(IT_IS, text, at);
  const subject = inverted === null ? undefined : readLine(inverted[1]!, readers.read);
  if (subject !== undefined) return { ...subject, end: at + inverted![0].length };
  const reading = /[.!\n]/.test(text.slice(end, at)) && !withdrawn ? undefined : readClosed(text, at, readers);
  return reading !== undefined && reading.keys.length > 1 && /^no,/i.test(reading.text) ? undefined : reading; // "hmm, no, maybe"
}

function readClosed(text: string, at: number, { read, open }: Readers): Reading | undefined {
  const reading = readThrough(text, at, read);
  if (reading === undefined || (open === true && (NO_ANSWER.test(reading.text) || reading.text.split(/\s+/).length > WORDS_MAX))) return undefined;
  return matchAt(CLOSED, text, reading.end) !== null ? reading : undefined;
}

// Behind a doubt: "So it's C.", "So C.", or a last line that is an answer alone. Where any words are an answer, "it's safe" is none.
function readRevisions(text: string, from: number, readers: Readers, truncated: boolean): readonly Statement[] {
  const revisions: Statement[] = [];
  LATER.lastIndex = from;
  for (let found = LATER.exec(text); found !== null; found = LATER.exec(text)) {
    const concludes = (found[1] ?? found[2]) !== undefined;
    if ((readers.open === true && found[1] === undefined) || !(concludes ? CLAUSE_START : SENTENCE_START).test(text.slice(Math.max(0, found.index - 20), found.index))) continue;
    const reading = readClosed(text, found.index + found[0].length, readers);
    if (reading !== undefined && !(truncated && reading.end >= text.length)) revisions.push(turnOf('revises', found.index, true, reading));
  }
  const line = lastLine(text);
  const start = text.trimEnd().length - line.length;
  const alone = truncated || readers.open === true || start < from || /[=≈×]/.test(line) ? undefined : readLine(line, readers.read);
  return alone === undefined ? revisions : [...revisions, turnOf('revises', start, true, { ...alone, end: text.length })];
}
