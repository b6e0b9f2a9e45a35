// Cues and a reader make statements: what the text says its answer is, in the order it says so.
import { findCues, type Cue } from './cues.ts';
import { readThrough, skipFillers } from './fillers.ts';
import { matchAt, type Reader, type Reading, type Readers } from './reading.ts';

export interface Statement extends Reading {
  readonly start: number;
  readonly rule: string;
  readonly strong: boolean;
  readonly final: boolean;
  /** Says what the answer is not: withdraws these keys and answers nothing. */
  readonly denies?: boolean;
  /** A second thought: what it does with the answer before it. It states nothing of its own. */
  readonly turn?: Turn;
  /** A second thought about what stands right before it: with a sentence between, it is about that one. */
  readonly near?: boolean;
}

/** Takes the answer back, gives the one taken back its place again, or puts another there; a doubt alone leaves the answer where it is, but lets a later "So it's C" revise it. */
export type Turn = 'withdraws' | 'restores' | 'replaces' | 'doubts' | 'revises';

const NEGATION = /(?:not(?: be)?|never|neither|nor|no longer|unlikely to be|anything but)\b\s{0,3}/iy;
const NOR = /[ \t]{0,2},?[ \t]{1,2}(?:n?or)\b[ \t]{1,2}/iy;
const NOR_MAX = 4;
const TURN = /[\s,;.:)*]{0,6}(?:but(?: rather| instead)?|rather|instead)?[\s,]{0,3}(?:it(?:'s| is| should be| must be))?/iy; // "not A, but B"; "not A. It's C"
const QUESTION = /[\s)\]}*"'_.$]{0,6}\?/y;
const CONDITIONAL = /[\s,)*]{0,4}(?:if|unless|provided that|only if|only when|assuming)\b/iy;
const REST_OF_LINE = /[\s.)\]}*"'_!$]{0,8}(?:\n|$)/y;
const RUN_ON = /\n[ \t]{0,3}[*#>]{0,4}[ \t]{0,2}(?:Question|Problem|User|Human|Q)(?:[ \t]{1,2}\d{1,4})?[*]{0,2}:/g; // a model that goes on to invent the next question

/** All statements of the text that stand before an invented next question. */
export function readStatements(text: string, { read, readLater, cues }: Readers): readonly Statement[] {
  const statements: Statement[] = [];
  for (const cue of findCues(text, cues)) {
    const reading = cue.negated ? readAfterNegated(text, cue.at, read) : readAfterCue(text, cue, read, readLater);
    if (reading === undefined || matchAt(QUESTION, text, reading.end) !== null || matchAt(CONDITIONAL, text, reading.end) !== null) continue;
    const { denied, ...answer } = reading;
    statements.push({ ...answer, start: cue.start, rule: cue.rule, strong: cue.strong, final: cue.final, ...(denied === true ? { denies: true } : {}) });
  }
  return beforeRunOn(text, statements);
}

/** Statements that stand before the first invented question which itself stands behind a statement. */
export function beforeRunOn<Placed extends { readonly start: number; readonly end: number }>(text: string, statements: readonly Placed[]): readonly Placed[] {
  const first = statements[0];
  if (first === undefined) return statements;
  RUN_ON.lastIndex = first.end;
  const runOn = RUN_ON.exec(text);
  return runOn === null ? statements : statements.filter((statement) => statement.start < runOn.index);
}

type MaybeDenied = Reading & { readonly denied?: boolean };

function readAfterCue(text: string, cue: Cue, read: Reader, readLater: Reader | undefined): MaybeDenied | undefined {
  const reading = readThrough(text, cue.at, read);
  if (reading !== undefined) return cue.rule !== 'answer line' || matchAt(REST_OF_LINE, text, reading.end) !== null ? reading : undefined;
  const at = skipFillers(text, cue.at);
  return matchAt(NEGATION, text, at) === null ? readLater?.(text, at) : readAfterNegated(text, at, read);
}

// "not A, but B", "neither A nor C, but B": B is the answer; "not A" alone denies A.
function readAfterNegated(text: string, at: number, read: Reader): MaybeDenied | undefined {
  let here = skipFillers(text, at);
  here += matchAt(NEGATION, text, here)?.[0].length ?? 0;
  let excluded = readThrough(text, here, read);
  if (excluded === undefined) return undefined;
  for (let count = 0; count < NOR_MAX; count++) {
    const nor = matchAt(NOR, text, excluded.end);
    const next: Reading | undefined = nor === null ? undefined : readThrough(text, excluded.end + nor[0].length, read);
    if (next === undefined) break;
    excluded = { ...next, keys: [...new Set([...excluded.keys, ...next.keys])], right: false };
  }
  const turn = matchAt(TURN, text, excluded.end);
  const turned = turn === null || !/[a-z]/i.test(turn[0]) ? undefined : readThrough(text, excluded.end + turn[0].length, read);
  return turned ?? { ...excluded, denied: true };
}
