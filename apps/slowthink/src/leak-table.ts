import type { LeakKind } from '@slowthink/contamination';
import { formatCount } from '@slowthink/telemetry';
import { alignColumns } from './align-columns.ts';

/** What was marked of the questions of a data set. */
export interface LeakCount {
  readonly dataset: string;
  readonly questions: number;
  readonly kinds: ReadonlyMap<LeakKind, number>;
}

/** A line a kind of overlap, a column a data set, and one for all where there are several. */
export function leakTable(counts: readonly LeakCount[], kinds: readonly LeakKind[]): readonly string[] {
  const all: readonly LeakCount[] = counts.length === 1 ? counts : [{ dataset: 'all', questions: sum(counts.map(({ questions }) => questions)), kinds: new Map(kinds.map((kind) => [kind, sum(counts.map((count) => count.kinds.get(kind) ?? 0))])) }, ...counts];
  const table = [
    ['', ...all.map(({ dataset }) => dataset)],
    ...kinds.map((kind) => [kind, ...all.map((count) => formatCount(count.kinds.get(kind) ?? 0))]),
    ['together', ...all.map((count) => `${formatCount(sum([...count.kinds.values()]))} of ${formatCount(count.questions)}`)],
  ];
  return alignColumns(table, (column) => column > 0).map((line) => `  ${line}`);
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
