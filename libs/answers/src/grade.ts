// One grader for search, labels and evaluation (law 8). Right, wrong or none; never a guess from a letter somewhere in the text.
import type { Gold, Verdict } from '@slowthink/records';
import { readAssertions } from './asserted.ts';
import { choiceReaders, type ChoiceGold } from './choice.ts';
import { readChoiceLines } from './choice-lines.ts';
import { quantityReaders, readQuantityLines, type NumberGold } from './quantity.ts';
import type { Reading, Readers } from './reading.ts';
import { settle } from './settle.ts';
import { beforeRunOn, readStatements, type Statement } from './statements.ts';
import { tidyText } from './tidy.ts';
import { readYesNoLines, yesNoReaders, type YesNoGold } from './yes-no.ts';

export interface GradeOptions {
  /** Generation ended at the token limit: an answer that touches the end of the text may be half of one and does not count. */
  readonly truncated?: boolean;
}

type GradedGold = ChoiceGold | YesNoGold | NumberGold;
type Found = Reading & { readonly rule: string };

/** Whether a grader exists for this kind of answer; a question without one is dropped before any request. */
export const canGrade = (gold: Gold): gold is GradedGold => gold.kind === 'choice' || gold.kind === 'yes-no-maybe' || gold.kind === 'number';

/**
 * The verdict on what a model wrote. Pure, never throws, linear in the length of the text. The last statement of an answer counts ("The answer is C");
 * without one, a reply that is an answer and little else. `none` for a kind without a grader (rule "no grader").
 */
export function grade(text: string, gold: Gold, options: GradeOptions = {}): Verdict {
  const truncated = options.truncated === true;
  const none: Verdict = { status: 'none', why: truncated ? 'truncated' : 'no answer', answer: '', normalised: '', rule: 'none' };
  if (!canGrade(gold)) return { ...none, rule: 'no grader' };
  const tidy = tidyText(text);
  const readers = readersOf(gold);
  const found: Found | undefined = settle(tidy, statementsOf(tidy, gold, readers, truncated)) ?? readLines(tidy, gold, readers, truncated);
  if (found === undefined) return none;
  const answer = found.text.replace(/[\s*_`$]+$/, '');
  if (found.keys.length > 1) return { status: 'wrong', why: 'several answers', answer, normalised: found.keys.toSorted().join(' | '), rule: found.rule };
  return { status: found.right ? 'right' : 'wrong', answer, normalised: found.keys[0]!, rule: found.rule };
}

/** Whether the text states a final answer in so many words ("The answer is (C).", "\boxed{B}", "The correct option is C)"); a letter or number alone states none. */
export function statesAnswer(text: string, gold: Gold): boolean {
  const tidy = tidyText(text);
  if (!canGrade(gold)) return readStatements(tidy, { read: readAnything }).some(({ strong }) => strong);
  return statementsOf(tidy, gold, readersOf(gold), false).some(({ strong }) => strong);
}

function readersOf(gold: GradedGold): Readers {
  switch (gold.kind) {
    case 'choice': return choiceReaders(gold);
    case 'yes-no-maybe': return yesNoReaders(gold);
    case 'number': return quantityReaders(gold);
  }
}

function statementsOf(text: string, gold: GradedGold, readers: Readers, truncated: boolean): readonly Statement[] {
  const stated = readStatements(text, readers);
  const all = gold.kind === 'choice' ? beforeRunOn(text, [...stated, ...readAssertions(text, readers.read)].toSorted((a, b) => a.start - b.start)) : stated;
  return truncated ? all.filter(({ end }) => end < text.length) : all;
}

function readLines(text: string, gold: GradedGold, { read }: Readers, truncated: boolean): Found | undefined {
  switch (gold.kind) {
    case 'choice': return readChoiceLines(text, read, truncated);
    case 'yes-no-maybe': return readYesNoLines(text, read, truncated);
    case 'number': return readQuantityLines(text, read, truncated);
  }
}

/** For kinds without a grader: any words behind the cue are an answer. */
function readAnything(text: string, at: number): Reading | undefined {
  const words = /[^\n]{1,200}/y;
  words.lastIndex = at;
  const found = words.exec(text)?.[0].trim();
  return found === undefined || !/[\p{L}\p{N}]/u.test(found) ? undefined : { keys: [found], right: false, text: found, end: at + found.length };
}
