import type { VerdictsRecord } from '@slowthink/records';
import { columnsOf, type ItemColumns } from './columns.ts';
import type { Evaluation } from './evaluation.ts';
import { summarise, type EvaluateOptions } from './summarise.ts';

/** All numbers of some judged items, one run: `columnsOf` each, so that no text is kept, then `summarise`. Faults of both. */
export async function evaluate(items: AsyncIterable<VerdictsRecord> | Iterable<VerdictsRecord>, options: EvaluateOptions = {}): Promise<Evaluation> {
  const columns: ItemColumns[] = [];
  for await (const item of items) columns.push(columnsOf(item));
  return summarise(columns, options);
}
