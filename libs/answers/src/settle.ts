// Several statements, one answer: a later statement replaces an earlier one, unless both stand together and neither gives way.
import type { Statement } from './statements.ts';

const WITHDRAWAL = /\b(?:wait|actually|however|but|no|instead|correct(?:ion|ed|ing)|mistaken?|wrong|incorrect|rather|reconsider\w{0,4}|re-?evaluat\w{1,4}|re-?check\w{0,4}|revis\w{1,4}|second thoughts?|sorry|oops|hmm|let me|on reflection|changed? my|not)\b/i;
const PARAGRAPH = /\n[ \t]*(?:\n|step \d|#)/i;
const SAYS_NOTHING = /\b(?:step \d{1,3}|the|my|our|and|so|thus|therefore|hence|correct|right|best|final)\b/gi;

/**
 * The statement that counts, with the keys of all answers that stand together with it. Together: other keys, no word of withdrawal between, and either the
 * same paragraph or nothing said in between. A weak statement never replaces a strong one without a word of withdrawal. A statement that denies the answer
 * before it leaves none. Each stretch of the text is looked at once: linear.
 */
export function settle(text: string, statements: readonly Statement[]): Statement | undefined {
  let current: Statement | undefined;
  let [looked, withdrawn] = [0, false]; // how far the text behind `current` was searched for a word of withdrawal, and whether one stood there
  for (const next of statements) {
    if (current !== undefined) {
      withdrawn ||= WITHDRAWAL.test(text.slice(Math.max(looked, current.end), next.start));
      looked = next.start;
    }
    if (next.denies === true) { if (current?.keys.every((key) => next.keys.includes(key)) === true) current = undefined; continue; }
    if (current !== undefined && current.strong && !next.strong && !withdrawn && !next.final) continue;
    current = current === undefined ? next : joined(text, current, next, withdrawn || next.final);
    [looked, withdrawn] = [current.end, false];
  }
  return current;
}

function joined(text: string, current: Statement, next: Statement, withdrawn: boolean): Statement {
  const equal = next.keys.length === current.keys.length && next.keys.every((key) => current.keys.includes(key));
  if (equal || withdrawn || current.strong !== next.strong) return next;
  const between = text.slice(current.end, next.start);
  const together = !PARAGRAPH.test(between) || !/[\p{L}\p{N}]/u.test(between.replace(SAYS_NOTHING, ''));
  return together ? { ...next, keys: [...new Set([...current.keys, ...next.keys])], right: false } : next;
}
