// What "slowthink ask" shows: the answer and who chose it, its chain with a bar a step, the other answers, what it cost.
import type { styleText } from 'node:util';
import { formatCount } from '@slowthink/telemetry';
import type { AnswerObject } from './answer-object.ts';
import { wrapWords } from './wrap-words.ts';

/** Text in a style of node:util, or as it is where there are no colours. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

export interface Page {
  /** Of the terminal; undefined: lines are not broken. */
  readonly columns: number | undefined;
  readonly paint: Paint;
}

const barCells = 10;

/** A value as a bar of ten cells: 0.34 is ███░░░░░░░. */
export function bar(value: number): string {
  const full = Math.round(value * barCells);
  return '█'.repeat(full) + '░'.repeat(barCells - full);
}

const colourOf = (value: number): 'green' | 'yellow' | 'red' => (value >= 0.7 ? 'green' : value >= 0.4 ? 'yellow' : 'red');

/** All of it, without a line end behind the last line. `optionText`: the words of a letter, for a choice. */
export function answerText(answered: AnswerObject, optionText: (letter: string) => string, page: Page): string {
  return [...headLines(answered, optionText, page), '', ...answered.chain.flatMap((row) => stepLines(row, page)), ...otherLines(answered, optionText, page), '', ...costLines(answered, page)].join('\n');
}

const named = (answer: string, optionText: (letter: string) => string): string => { const words = optionText(answer); return words === '' ? answer : `${answer}. ${words}`; };

function headLines({ kind, answer, rule, candidates: { length: n }, chosen, votes }: AnswerObject, optionText: (letter: string) => string, { columns, paint }: Page): readonly string[] {
  const title = kind === 'open' ? 'Best chain' : answer === null ? 'No candidate states an answer' : `Answer: ${named(answer, optionText)}`;
  return [...wrapWords(title, columns).map((line) => paint('bold', line)), ...wrapWords(ruleText({ kind, rule, n, chosen, votes }), columns).map((line) => paint('dim', line))];
}

function ruleText({ kind, rule, n, chosen, votes }: Pick<AnswerObject, 'kind' | 'rule' | 'chosen' | 'votes'> & { readonly n: number }): string {
  if (n === 1) return 'The only candidate: there was nothing to choose from. Ask for more with -n.';
  const [first] = votes;
  const why = kind === 'open' ? `Voting is undefined for an open question: nothing says which of ${n} answers are the same.` : first === undefined ? `Nothing to vote on in ${n} candidates.` : '';
  switch (rule) {
    case 'vote-sum-min': return `P-VS, vote-sum (min): ${first!.votes} of ${n} candidates state it, their least step values sum to ${first!.score!.toFixed(2)}.`;
    case 'maj': return `Majority, without step values: ${first!.votes} of ${n} candidates state it.`;
    case 'first': return `${why} Without step values nothing ranks them either: candidate ${chosen + 1}, the first that holds text.`;
    default: return `${why} Best-of-N (min): candidate ${chosen + 1}, whose least step value is the highest.`;
  }
}

function stepLines({ step, text, value }: AnswerObject['chain'][number], { columns, paint }: Page): readonly string[] {
  const margin = `${String(step).padStart(3)}  ${value === null ? '' : `${value.toFixed(2)} ${bar(value)}  `}`;
  const lines = wrapWords(text, columns === undefined ? undefined : Math.max(20, columns - margin.length));
  return lines.map((line, at) => `${at > 0 ? ' '.repeat(margin.length) : value === null ? margin : margin.replace(bar(value), paint(colourOf(value), bar(value)))}${line}`);
}

const shownMax = 8; // other answers by name; the rest is counted

function otherLines({ kind, votes, without, rule }: AnswerObject, optionText: (letter: string) => string, { columns, paint }: Page): readonly string[] {
  const others = rule === 'vote-sum-min' || rule === 'maj' ? votes.slice(1) : votes;
  const rows = [
    ...others.slice(0, shownMax).map(({ answer, votes: count, score }) => ({ what: named(answer, optionText), count, score })),
    ...(others.length > shownMax ? [{ what: `${others.length - shownMax} more answers`, count: others.slice(shownMax).reduce((sum, { votes: count }) => sum + count, 0), score: null }] : []),
    ...([['no answer', kind === 'open' ? 0 : without.none], ['cut off before an answer', without.truncated], ['several answers', without.several]] as const).filter(([, count]) => count > 0).map(([what, count]) => ({ what, count, score: null })),
  ];
  if (rows.length === 0) return [];
  const width = Math.min(Math.max(...rows.map(({ what }) => what.length), 13), Math.max(20, (columns ?? 72) - 22));
  return [
    '', paint('dim', `${(votes.length === 0 ? 'Candidates' : 'Other answers').padEnd(width + 2)} ${votes.length === 0 ? 'count' : 'votes'}${others.some(({ score }) => score !== null) ? '   score' : ''}`),
    ...rows.map(({ what, count, score }) => `  ${(what.length > width ? `${what.slice(0, width - 1)}…` : what).padEnd(width)} ${String(count).padStart(5)}${score === null ? '' : score.toFixed(2).padStart(8)}`),
  ];
}

function costLines({ decode, models, usage: { policy, scorer }, seconds, candidates }: AnswerObject, { columns, paint }: Page): readonly string[] {
  const cached = policy.cachedTokens === undefined ? '' : ` (${formatCount(policy.cachedTokens)} cached)`;
  const scored = models.scorer === null ? '' : `, ${formatCount(scorer.promptTokens + scorer.completionTokens)} of the scorer`;
  const text = `${candidates.length === 1 ? '1 candidate' : `${candidates.length} candidates`} by ${decode} · policy ${models.policy.model}, scorer ${models.scorer?.model ?? 'none'} · tokens: ${formatCount(policy.promptTokens)} prompt${cached}, ${formatCount(policy.completionTokens)} generated${scored} · ${seconds.toFixed(1)} s`;
  return wrapWords(text, columns).map((line) => paint('dim', line));
}
