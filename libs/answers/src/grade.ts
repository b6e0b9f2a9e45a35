// One grader for search, labels and evaluation (law 8). Right, wrong or none; never a guess from a letter somewhere in the text.
import type { Gold, Verdict } from '@slowthink/records';
import { readAssertions } from './asserted.ts';
import { choiceReaders } from './choice.ts';
import { readChoiceLines } from './choice-lines.ts';
import { digitReaders } from './digits.ts';
import { nameReaders, textReaders } from './names.ts';
import { ownWords } from './own-words.ts';
import { quantityReaders, readQuantityLines } from './quantity.ts';
import type { Reading, Readers } from './reading.ts';
import { readSecondThoughts } from './second-thoughts.ts';
import { settle } from './settle.ts';
import { readSpanLines, spanReaders } from './spans.ts';
import { beforeRunOn, readStatements, type Statement } from './statements.ts';
import { readTermLines } from './term-lines.ts';
import { tidyText } from './tidy.ts';
import { readYesNoLines, yesNoReaders } from './yes-no.ts';

export interface GradeOptions {
  /** Generation ended at the token limit: an answer that touches the end of the text may be half of one and does not count. */
  readonly truncated?: boolean;
}

type GradedGold = Exclude<Gold, { readonly kind: 'open' }>;
type Found = Reading & { readonly rule: string };

/** Whether a rule judges this kind of answer: every kind but `open`, which only a program or a chat model judges; without one of these a question is dropped before any request. */
export const canGrade = (gold: Gold): gold is GradedGold => gold.kind !== 'open';

/**
 * The verdict on what a model wrote. Pure, never throws, linear in the length of the text. The last statement of an answer counts ("The answer is C");
 * without one, a reply that is an answer and little else. What a model only thinks (<think>…</think>) is not graded; thinking that was cut off is `none`, why `truncated`.
 * `none` for the kind `open` (rule "no grader").
 */
export const grade = (text: string, gold: Gold, options: GradeOptions = {}): Verdict => graderOf(gold)(text, options);

/** `grade` for many texts of one question: what the question allows is read once. */
export function graderOf(gold: Gold): (text: string, options?: GradeOptions) => Verdict {
  const readers = canGrade(gold) ? readersOf(gold) : undefined;
  return (text, options = {}) => verdictOn(text, gold, readers, options);
}

function verdictOn(text: string, gold: Gold, readers: Readers | undefined, options: GradeOptions): Verdict {
  const own = ownWords(text);
  const truncated = options.truncated === true || own === undefined;
  const none: Verdict = { status: 'none', why: truncated ? 'truncated' : 'no answer', answer: '', normalised: '', rule: 'none' };
  if (!canGrade(gold) || readers === undefined) return { ...none, rule: 'no grader' };
  if (own === undefined) return none;
  const tidy = tidyText(own);
  const statements = statementsOf(tidy, gold, readers, truncated);
  const found = statements.length > 0 ? settled(tidy, statements, readers, truncated) : lineOf(tidy, gold, readers, truncated); // an answer that was denied or withdrawn does not come back as a line
  if (found === undefined) return none;
  const answer = found.text.replace(/[\s*_`$]+$/, '');
  if (found.keys.length > 1) return { status: 'wrong', why: 'several answers', answer, normalised: found.keys.toSorted().join(' | '), rule: found.rule };
  return { status: found.right ? 'right' : 'wrong', answer, normalised: found.keys[0]!, rule: found.rule };
}

/**
 * Whether the text states a final answer in so many words ("The answer is (C).", "\boxed{B}", "The correct option is C)"); a letter or number alone states none. It depends on what the question allows and never on
 * which answer is right: whether a step ends a chain must not (law 8). So the synonyms of the right name of a list do not count here, and where any words are an answer, "unknown" and "not high" are none, be they right or not.
 */
export function statesAnswer(text: string, gold: Gold): boolean {
  const own = ownWords(text);
  if (own === undefined) return false;
  const tidy = tidyText(own);
  const asked = withoutAnswer(gold);
  const statements = canGrade(asked) ? statementsOf(tidy, asked, readersOf(asked), false) : readStatements(tidy, { read: readAnything });
  return statements.some(({ strong, denies }) => strong && denies !== true);
}

/** What the question allows, and no more: the kinds that read their gold's own words read none here. The others look at their gold only to judge. */
function withoutAnswer(gold: Gold): Gold {
  if (gold.kind === 'span') return { kind: 'span', answer: '' };
  return gold.kind === 'name' ? { kind: 'name', answer: gold.names?.[0] ?? '', ...(gold.names === undefined ? {} : { names: gold.names }) } : gold;
}

function readersOf(gold: GradedGold): Readers {
  switch (gold.kind) {
    case 'choice': return choiceReaders(gold);
    case 'text': return textReaders(gold);
    case 'yes-no-maybe': return yesNoReaders(gold);
    case 'digit': return digitReaders(gold);
    case 'number': return quantityReaders(gold);
    case 'span': return spanReaders(gold);
    case 'name': return nameReaders(gold);
  }
}

/** Whether what the question allows is a list: then "X is the correct answer" has a subject that can be told from prose. */
const isClosed = (gold: GradedGold): boolean => gold.kind === 'choice' || gold.kind === 'text' || gold.kind === 'digit' || (gold.kind === 'name' && gold.names !== undefined);

function statementsOf(text: string, gold: GradedGold, readers: Readers, truncated: boolean): readonly Statement[] {
  const stated = readStatements(text, readers);
  const all = isClosed(gold) ? beforeRunOn(text, [...stated, ...readAssertions(text, readers.read)].toSorted((a, b) => a.start - b.start)) : stated;
  return truncated ? all.filter(({ end }) => end < text.length) : all;
}

/** The statement that counts, after all second thoughts. */
function settled(text: string, statements: readonly Statement[], readers: Readers, truncated: boolean): Found | undefined {
  const turns = readSecondThoughts(text, statements[0]!.end, readers, truncated);
  return settle(text, turns.length === 0 ? statements : beforeRunOn(text, [...statements, ...turns].toSorted((a, b) => a.start - b.start)));
}

function lineOf(text: string, gold: GradedGold, readers: Readers, truncated: boolean): Found | undefined {
  const line = readLines(text, gold, readers, truncated);
  if (line?.rule !== 'first line') return line;
  const start = text.indexOf(line.text); // "C" and, further down, "Wait, that's not right."
  return settled(text, [{ ...line, start, end: start + line.text.length, strong: true, final: false }], readers, truncated);
}

function readLines(text: string, gold: GradedGold, { read }: Readers, truncated: boolean): Found | undefined {
  switch (gold.kind) {
    case 'choice': return readChoiceLines(text, read, truncated);
    case 'yes-no-maybe': return readYesNoLines(text, read, truncated);
    case 'number': return readQuantityLines(text, read, truncated);
    case 'text': case 'digit': return readTermLines(text, read, truncated);
    case 'name': return gold.names === undefined ? readSpanLines(text, read, truncated) : readTermLines(text, read, truncated);
    case 'span': return readSpanLines(text, read, truncated);
  }
}

/** For the kind without a rule: any words behind the cue are an answer, but not those that deny one. */
function readAnything(text: string, at: number): Reading | undefined {
  const words = /(?!not\b|never\b|no\b)[^\n]{1,200}/iy;
  words.lastIndex = at;
  const found = words.exec(text)?.[0].trim();
  return found === undefined || !/[\p{L}\p{N}]/u.test(found) ? undefined : { keys: [found], right: false, text: found, end: at + found.length };
}
