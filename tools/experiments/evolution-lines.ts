// Every evolution that dev was looked at with, a line each: docs/experiments/evolutions.json, from the report.json of its folder.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { EvolutionReport } from '@slowthink/evolution';

export interface EvolutionLine {
  readonly name: string; // of the experiment
  readonly title: string;
  readonly date: string; // ISO date of its end
  readonly commit: string | null; // of the working tree that it was made with; null: not noted
  readonly report: string; // sha256 of report.json: an evolution has one line, however often it is asked for
  readonly kept: number; // round, chosen by dev
  readonly items: number; // of dev
  readonly candidates: number;
  /** The base is round 0. Shares 0..1, null where there are none; minutes of the clock by step. */
  readonly rounds: readonly { readonly round: number; readonly greedy: number | null; readonly maj: number | null; readonly votes: number | null; readonly minutes: { readonly [step: string]: number } }[];
}

export const readEvolutionLines = (file: string): readonly EvolutionLine[] => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) as readonly EvolutionLine[] : []);

/** `votes` is P-VS: vote-sum of minimum step values. */
export function evolutionLine(reportFile: string, about: Pick<EvolutionLine, 'name' | 'title' | 'date' | 'commit'>): EvolutionLine {
  const bytes = readFileSync(reportFile);
  const { kept, rounds } = JSON.parse(bytes.toString('utf8')) as EvolutionReport;
  const last = rounds.at(-1);
  if (last === undefined) throw new Error(`${reportFile} has no round that was measured.`);
  return {
    ...about, report: createHash('sha256').update(bytes).digest('hex'), kept: kept.round, items: last.items, candidates: last.candidates,
    rounds: rounds.map(({ round, accuracies, minutes }) => ({ round, greedy: accuracies['greedy']?.accuracy ?? null, maj: accuracies['maj']?.accuracy ?? null, votes: accuracies['vote-sum-min']?.accuracy ?? null, minutes })),
  };
}

/** The lines with one more, behind the others; the same ones where its report has a line already. */
export const withLine = (lines: readonly EvolutionLine[], line: EvolutionLine): readonly EvolutionLine[] => (lines.some(({ report }) => report === line.report) ? lines : [...lines, line]);

const points = (share: number | null): string => (share === null ? '–' : (100 * share).toFixed(1));

/** A row an evolution, numbered behind `before` others; rounds stand in a cell, the base first. */
export function evolutionTable(lines: readonly EvolutionLine[], before: number): string {
  if (lines.length === 0) return 'None behind the pilot lines yet.';
  const head = ['#', 'what', 'date', 'commit', 'greedy', 'maj', 'P-VS', 'minutes a step', 'kept by dev'];
  const rows = lines.map(({ title, name, date, commit, items, candidates, rounds, kept }, at) => {
    const over = (of: (round: EvolutionLine['rounds'][number]) => number | null): string => rounds.map((round) => points(of(round))).join(' → ');
    const minutes = rounds.map(({ round, minutes: steps }) => `${round}: ${Object.entries(steps).filter(([step]) => step !== 'questions').map(([step, spent]) => `${step} ${spent.toFixed(1)}`).join(', ')}`).join('; ');
    return [String(before + at + 1), `${title} (${name}; ${items} questions, N = ${candidates})`, date, commit === null ? '–' : `\`${commit}\``, over(({ greedy }) => greedy), over(({ maj }) => maj), over(({ votes }) => votes), minutes, `round ${kept}`];
  });
  const table = [head, head.map((_, at) => (at >= 4 && at <= 6 ? '---:' : '---')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `${before + lines.length} evolutions, or parts of one, were run on dev: ${before} in the table above and ${lines.length} here. Accuracies in % of round 0 (the base) → round 1 → …\n\n${table}`;
}
