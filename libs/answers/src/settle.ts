// Several statements, one answer: a later statement replaces an earlier one, unless both stand together and neither gives way.
import type { Statement } from './statements.ts';

const WITHDRAWAL = /\b(?:wait|actually|however|but|no|instead|correct(?:ion|ed|ing)|mistaken?|wrong|incorrect|rather|reconsider\w{0,4}|re-?evaluat\w{1,4}|re-?check\w{0,4}|revis\w{1,4}|second thoughts?|sorry|apologi\w{1,3}|oops|hmm|let me|on reflection|changed? my|not)\b/i;
const PARAGRAPH = /\n[ \t]*(?:\n|step \d|#)/i;
const SAYS_NOTHING = /\b(?:step \d{1,3}|the|my|our|and|so|thus|therefore|hence|correct|right|best|final)\b/gi;

/**
 * The statement that counts, with the keys of all answers that stand together with it. Together: other keys, no word of withdrawal between, and either the
 * same paragraph or nothing said in between; one of several answers, stated alone behind them, is a choice. A weak statement never replaces a strong one without a word of withdrawal. A statement that
 * denies the answer before it, or a second thought that takes it back, leaves none. Each stretch of the text is looked at once: linear.
 */
export function settle(text: string, statements: readonly Statement[]): Statement | undefined {
  let current: Statement | undefined;
  let lost: Statement | undefined; // the answer that was taken back last
  let doubted = false; // since `current`
  let [looked, withdrawn] = [0, false]; // how far the text behind `current` was searched for a word of withdrawal, and whether one stood there
  const stands = (next: Statement): void => { current = next; [looked, withdrawn, doubted] = [next.end, false, false]; };
  const goes = (): void => { lost = current ?? lost; current = undefined; doubted = true; };
  for (const next of statements) {
    if (current !== undefined) {
      withdrawn ||= WITHDRAWAL.test(text.slice(Math.max(looked, current.end), next.start));
      looked = next.start;
    }
    if (next.near === true && current !== undefined && !follows(text, current, next)) continue;
    switch (next.turn) {
      case 'doubts': doubted = true; continue;
      case 'withdraws': goes(); continue;
      case 'restores': if (current === undefined && lost !== undefined) stands({ ...lost, end: next.end }); continue;
      case 'revises': case 'replaces': if (doubted || next.turn === 'replaces') stands({ ...next, strong: (current ?? lost)?.strong ?? true }); continue;
      case undefined:
    }
    if (next.denies === true) { if (current?.keys.every((key) => next.keys.includes(key)) === true) goes(); continue; }
    if (current !== undefined && chooses(current, next)) { stands(next); continue; }
    if (current !== undefined && current.strong && !next.strong && !withdrawn && !next.final) continue;
    stands(current === undefined ? next : joined(text, current, next, withdrawn || next.final));
  }
  return current;
}

/** No sentence stands between: the rest of the answer's own may. */
const follows = (text: string, current: Statement, next: Statement): boolean => next.start - current.end < 300 && !/[.!?]["')\]*_]{0,3}\s|\n/.test(text.slice(current.end, next.start).trimEnd());

/** "A or C. I choose C." */
const chooses = (current: Statement, next: Statement): boolean => current.keys.length > 1 && next.keys.length === 1 && current.keys.includes(next.keys[0]!);

function joined(text: string, current: Statement, next: Statement, withdrawn: boolean): Statement {
  const equal = next.keys.length === current.keys.length && next.keys.every((key) => current.keys.includes(key));
  if (equal || withdrawn || current.strong !== next.strong) return next;
  const between = text.slice(current.end, next.start);
  const together = !PARAGRAPH.test(between) || !/[\p{L}\p{N}]/u.test(between.replace(SAYS_NOTHING, ''));
  return together ? { ...next, keys: [...new Set([...current.keys, ...next.keys])], right: false } : next;
}
