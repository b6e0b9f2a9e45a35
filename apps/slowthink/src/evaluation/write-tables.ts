import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DecodingRule } from '@slowthink/decoding';
import { candidatesSelect, itemsSelect, readItems, temporaryPath, writeSorted, type resultPaths } from '@slowthink/results';
import { copyAsParquet } from '@slowthink/tables';
import { itemRow } from './item-row.ts';

/** items.parquet, one row an item, and candidates.parquet, one a candidate. The same items give the same bytes. `longest`: bytes of the longest line of items.jsonl. */
export async function writeTables(paths: ReturnType<typeof resultPaths>, longest: number, rules: readonly DecodingRule[]): Promise<void> {
  const rows = temporaryPath(join(paths.folder, 'items-table.jsonl'));
  const lines = async function* (): AsyncGenerator<{ readonly key: string; readonly line: string }> { for await (const item of readItems(paths.items)) yield { key: item.item.id, line: JSON.stringify(itemRow(item, rules)) }; };
  try {
    await writeSorted(rows, lines());
    await copyAsParquet(itemsSelect(rows, rules.map(({ name }) => name)), paths.itemsTable);
    await copyAsParquet(candidatesSelect(paths.items, longest), paths.candidates);
  } finally { await rm(rows, { force: true }); }
}
