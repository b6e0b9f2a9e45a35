import type { EvolutionReport, Gain, RoundReport, Share } from '@slowthink/evolution';
import { formatDuration } from '@slowthink/telemetry';
import { points } from '../evaluation/number-text.ts';

const share = ({ accuracy, low, high }: Share | undefined = { accuracy: null, low: null, high: null }): string => (accuracy === null ? 'n/a' : `${(100 * accuracy).toFixed(1)}${low === null || high === null ? '' : ` [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`}`);
const gain = (of: Gain | null): string => (of === null || of.difference === null ? 'n/a' : `${points(of.difference)}${of.low === null || of.high === null ? '' : ` [${points(of.low)}, ${points(of.high)}]`}`);
const minutesOf = ({ minutes }: RoundReport): number => Object.values(minutes).reduce((sum, one) => sum + one, 0);

/** What a person sees at the end: a row a round, what is kept, where the report lies. */
export function describeEvolution({ rounds, kept, keepBy, stopped, notes }: EvolutionReport, paths: { readonly report: string; readonly best: string }, drained: boolean): string {
  const lines = rounds.length === 0 ? [] : [`Accuracy on dev in % and gains in points, with 95 % intervals; ${rounds[0]!.items} items, ${rounds[0]!.candidates} candidates each.`];
  for (const round of rounds) {
    const { accuracies } = round;
    lines.push(
      `${round.round === 0 ? 'base' : `round ${round.round}`}${round.round === kept.round ? ' (kept)' : ''}: ${formatDuration(minutesOf(round) * 60_000)}`,
      `  greedy          ${share(accuracies['greedy'])}${round.greedyGain === null ? '' : `   ${gain(round.greedyGain)} over the round before`}`,
      `  maj@N           ${share(accuracies['maj'])}`,
      ...(accuracies['vote-sum-min'] === undefined ? [] : [`  vote-sum (min)  ${share(accuracies['vote-sum-min'])}   ${gain(round.voteGain)} over maj@N`]),
    );
  }
  if (rounds.length > 0) lines.push(`Kept by ${keepBy}: ${kept.round === 0 ? 'the base' : `round ${kept.round}`}. Policy ${kept.policy}${kept.scorer === null ? '' : `, scorer ${kept.scorer}`} (${paths.best}).`);
  for (const note of notes.slice(0, rounds.length > 1 ? 1 : 0)) lines.push(`Note: ${note}`);
  if (stopped !== null) lines.push(stopped);
  if (rounds.length > 0) lines.push(`Report: ${paths.report}`);
  if (drained) lines.push('Stopped before the end; nothing is lost. The same command goes on.');
  return lines.join('\n');
}

/** A round in one sentence. */
export function roundText({ rounds, kept }: EvolutionReport, of: number): string {
  const { accuracies, greedyGain, voteGain } = rounds.find(({ round }) => round === of)!;
  return `Greedy ${share(accuracies['greedy'])} %${greedyGain === null ? '' : `, ${gain(greedyGain)} points over the round before`}; vote-sum (min) ${share(accuracies['vote-sum-min'])} %, ${gain(voteGain)} over maj@N. In use: ${kept.round === 0 ? 'the base' : `round ${kept.round}`}.`;
}

/** What --json says; everything else stands in report.json. */
export const evolutionSummary = ({ rounds, kept, stopped }: EvolutionReport, paths: { readonly report: string }, drained: boolean): object => ({
  rounds: rounds.map(({ round, greedyGain, voteGain, accuracies, minutes, tokens, requests, questions, rows, policy, scorer, hashes }) => ({ round, greedyGain, voteGain, accuracies, minutes, questions, rows, requests, tokens, policy, scorer, hashes })),
  kept, stopped, report: rounds.length === 0 ? null : paths.report, drained,
});
