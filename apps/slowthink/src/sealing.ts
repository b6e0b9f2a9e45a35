// From a run folder's list of parts to the sealed data set and what a person is told about it.
import type { Broker } from '@slowthink/broker';
import type { LabelSettings } from '@slowthink/labels';
import { topics, type PartRecord, type PreferenceRow } from '@slowthink/records';
import { previewRows, seal, type SealReport } from '@slowthink/tables';
import { readTopic, runPaths, searchOf, type RunFile, type RunSettings } from '@slowthink/wiring';
import { tellInvalid } from './tell-invalid.ts';

/** A record that is none is passed over and said: should it have been one of ours, its file is foreign to the seal (PART_FOREIGN). */
export async function listedParts(broker: Broker): Promise<readonly PartRecord[]> {
  const parts: PartRecord[] = [];
  for await (const { value } of readTopic<PartRecord>(broker, topics.parts, 'part', tellInvalid)) parts.push(value);
  return parts;
}

/** What shaped the rows, for the card: numbers and names, no place and no time. */
export const cardSettings = (settings: RunSettings, run: RunFile, labels: LabelSettings): { readonly [name: string]: unknown } => ({ run: run.run, seed: settings.seed, policy: `${run.policy.model}@${run.policy.revision}`, labels, search: searchOf(settings, run.grader) });

export async function sealFolder(broker: Broker, settings: RunSettings, run: RunFile): Promise<SealReport> {
  const paths = runPaths(settings.dir);
  const threads = settings['tables.threads'];
  return seal({ folder: paths.parts, parts: await listedParts(broker), out: paths.dataset, format: settings['tables.format'], allowBenchmark: settings['tables.allowBenchmark'], name: `slowthink-${run.run.slice(0, 8)}`, settings: cardSettings(settings, run, run.labels!), ...(threads === null ? {} : { threads }) });
}

/** Rows, files, three example rows and the lines that open the data set. */
export async function describeSeal(report: SealReport): Promise<string> {
  const lines = [`Sealed ${report.path}: ${Object.entries(report.rows).filter(([, rows]) => rows > 0).map(([kind, rows]) => `${rows} ${kind} rows`).join(', ')} from ${report.questions} questions, ${report.trees} trees.`];
  const left = Object.entries(report.benchmarkLeftOut).filter(([, rows]) => rows > 0);
  if (left.length > 0) lines.push(`Left out, since their questions are benchmarks: ${left.map(([kind, rows]) => `${rows} ${kind} rows`).join(', ')}. "slowthink seal --allow-benchmark" seals them into a split "test", flagged in every row.`);
  for (const { file, rows, bytes, sha256 } of report.files) lines.push(`  ${file}  ${rows} rows  ${bytes} bytes  sha256 ${sha256.slice(0, 16)}…`);
  lines.push('Examples:');
  for (const row of await previewRows(report.path, 'prm', 3)) lines.push(`  ${row.question_id} ${row.polarity}, answer ${row.final_answer} (gold ${row.gold}), values ${row.values.map((value) => value.toFixed(2)).join(' ')}: ${short(row.completions.join(' / '))}`);
  for (const kind of ['preference', 'preference_steps'] as const) for (const row of await previewRows(report.path, kind, 1)) lines.push(`  ${row.question_id} ${row.pair_kind} pair, gap ${row.gap.toFixed(2)}: ${short(lastStep(row.chosen))} over ${short(lastStep(row.rejected))}`);
  lines.push('Open it:', `  ${report.open.duckdb}`, `  ${report.open.pandas}`);
  return lines.join('\n');
}

/** The last step of a side of a pair, as a turn or as a prefix. */
function lastStep(side: PreferenceRow['chosen'] | string): string {
  const text = typeof side === 'string' ? side : side.at(-1)!.content;
  return text.trimEnd().split('\n\n').at(-1)!;
}

const short = (text: string): string => { const line = text.replaceAll(/\s+/g, ' '); return line.length > 100 ? `${line.slice(0, 99)}…` : line; };
