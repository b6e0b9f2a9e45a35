import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { itemsFileOf, readItems, writeSorted } from '@slowthink/results';
import { onStorage } from '@slowthink/tables';
import { runPaths } from '@slowthink/wiring';
import type { RunSettings } from '../flags.ts';

/** What is recorded of an item, by the first one; undefined where the policy is no recording. RESULTS_MISSING, RESULTS_BROKEN. */
export async function recordedShape({ policy }: Pick<RunSettings, 'policy'>): Promise<{ readonly candidates: number; readonly greedy: boolean } | undefined> {
  if (!policy.startsWith('recorded:')) return undefined;
  for await (const { candidates, greedy } of readItems(itemsFileOf(policy.slice('recorded:'.length)))) return { candidates: candidates.length, greedy: greedy !== null };
  return undefined;
}

/** The items of recorded candidates as a question file in the folder, as their evaluation imported them; none where the policy is no recording. RESULTS_MISSING, RESULTS_BROKEN. */
export async function recordedItems({ policy, dir }: Pick<RunSettings, 'policy' | 'dir'>): Promise<readonly string[]> {
  if (!policy.startsWith('recorded:')) return [];
  const from = itemsFileOf(policy.slice('recorded:'.length));
  const path = join(runPaths(dir).dir, 'recorded-items.jsonl');
  const lines = async function* (): AsyncGenerator<{ readonly key: string; readonly line: string }> { for await (const { item } of readItems(from)) yield { key: item.id, line: JSON.stringify(item) }; };
  await onStorage(path, async () => { mkdirSync(runPaths(dir).dir, { recursive: true }); await writeSorted(path, lines()); });
  return [path];
}
