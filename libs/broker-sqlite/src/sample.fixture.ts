import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewRecord, Transaction } from '@slowthink/broker';
import { onTestFinished } from 'vitest';

export const start = { next: 0, unsettled: [] } as const;
export const specs = [{ name: 'questions', partitions: 2, retention: 'forever' }, { name: 'rollouts', partitions: 2, retention: 'open-trees' }] as const;

/** A folder of this test alone, removed after it. */
export function freshDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'slowthink-sqlite-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export const recordsOf = (count: number, characters = 10, partition = 0): readonly NewRecord[] =>
  Array.from({ length: count }, (_, at) => ({ topic: 'rollouts', partition, key: `k${at}`, value: `${at}`.padEnd(characters, '.') }));

export const transactionOf = (stage: string, count: number, outputs: readonly NewRecord[]): Transaction => ({
  outputs,
  progress: { type: 'progress', v: 1, stage, partition: 0, positions: {}, restore: {}, ledger: { in: count, ok: count, failed: 0, dropped: 0, open: 0 }, notes: {} },
});
