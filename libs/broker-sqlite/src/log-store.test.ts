import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Durability } from './format.ts';
import { LogStore } from './log-store.ts';
import { LogView } from './log-view.ts';
import type { WriteAnswer, WriteRequest } from './requests.ts';
import { freshDir, recordsOf, specs, transactionOf } from './sample.fixture.ts';

function opened(durability: Durability = 'process') {
  const path = join(freshDir(), 'stream.sqlite');
  const store = new LogStore(path, durability);
  const view = new LogView(path);
  onTestFinished(() => { view.close(); store.close(); });
  store.apply([{ kind: 'ensure', specs }, { kind: 'claim', stage: 'expand', partition: 0 }, { kind: 'claim', stage: 'label', partition: 0 }]);
  return { store, view, path };
}

function commitOf(stage: string, count: number, records: number, characters: number, epoch = 1): WriteRequest {
  const { outputs, progress } = transactionOf(stage, count, recordsOf(records, characters));
  return { kind: 'commit', stage, partition: 0, epoch, outputs, progress: JSON.stringify(progress) };
}

const outcomes = (answers: readonly WriteAnswer[]) => answers.map((answer) => answer.outcome === 'failed' ? answer.code : answer.outcome);

describe('LogStore', () => {
  it('commits a group in one SQLite transaction and answers each request', () => {
    const { store, view } = opened();
    const statements = vi.spyOn(store.db, 'exec');
    const answers = store.apply([commitOf('expand', 2, 2, 10), commitOf('label', 1, 1, 10), commitOf('expand', 3, 1, 10)]);
    expect(answers.map((answer) => answer.outcome === 'done' ? answer.offsets : answer)).toEqual([[0, 1], [2], [3]]);
    expect(statements.mock.calls.flat()).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
    expect(view.progress().map(({ stage, ledger }) => [stage, ledger.in])).toEqual([['expand', 3], ['label', 1]]);
  });

  it('refuses a fenced commit inside a group and writes the others', () => {
    const { store, view } = opened();
    const answers = store.apply([commitOf('expand', 2, 2, 10), { kind: 'claim', stage: 'expand', partition: 0 }, commitOf('expand', 9, 5, 10), commitOf('label', 1, 1, 10)]);
    expect(outcomes(answers)).toEqual(['done', 'done', 'fenced', 'done']);
    expect(answers[1]).toMatchObject({ epoch: 2, progress: expect.stringContaining('"in":2') as string });
    expect(view.ranges('rollouts')[0]!.end).toBe(3);
  });

  it('says DISK_FULL, has written nothing of it, and takes the same transaction when there is room again', () => {
    const { store, view, path } = opened();
    store.apply([commitOf('expand', 1, 1, 10)]);
    const { page_count: pages } = store.db.prepare('PRAGMA page_count').get() as { page_count: number };
    store.db.exec(`PRAGMA max_page_count = ${pages + 4}`);
    const large = commitOf('expand', 2, 100, 4000);
    const [answer] = store.apply([large]);
    expect(answer).toMatchObject({ outcome: 'failed', code: 'DISK_FULL', message: expect.stringContaining(path) as string });
    expect(view.ranges('rollouts')[0]!.end).toBe(1);
    expect(view.progress()[0]!.ledger.in).toBe(1);
    store.db.exec('PRAGMA max_page_count = 100000');
    expect(store.apply([large])[0]).toMatchObject({ outcome: 'done', offsets: Array.from({ length: 100 }, (_, at) => at + 1) });
    expect(view.progress()[0]!.ledger.in).toBe(2);
  });

  it('writes the small ones of a group when a large one finds no room', () => {
    const { store, view } = opened();
    const { page_count: pages } = store.db.prepare('PRAGMA page_count').get() as { page_count: number };
    store.db.exec(`PRAGMA max_page_count = ${pages + 4}`);
    expect(outcomes(store.apply([commitOf('label', 1, 1, 10), commitOf('expand', 2, 100, 4000), commitOf('label', 2, 1, 10)]))).toEqual(['done', 'DISK_FULL', 'done']);
    expect(view.progress().map(({ stage, ledger }) => [stage, ledger.in])).toEqual([['label', 2]]);
    expect(view.ranges('rollouts')[0]!.end).toBe(2);
  });

  it('says DISK_READ_ONLY when the file refuses writes', () => {
    const { store, view } = opened();
    store.db.exec('PRAGMA query_only = ON');
    expect(outcomes(store.apply([commitOf('expand', 1, 1, 10)]))).toEqual(['DISK_READ_ONLY']);
    store.db.exec('PRAGMA query_only = OFF');
    expect(outcomes(store.apply([commitOf('expand', 1, 1, 10)]))).toEqual(['done']);
    expect(view.progress()[0]!.ledger.in).toBe(1);
  });

  it('undoes new topics with the rest of a group that fails', () => {
    const { store, view } = opened();
    const grown = [...specs, { name: 'faults', partitions: 3, retention: 'forever' as const }];
    const wrong = [{ name: 'late', partitions: 1, retention: 'forever' as const }, { name: 'questions', partitions: 8, retention: 'forever' as const }];
    expect(outcomes(store.apply([{ kind: 'ensure', specs: grown }, { kind: 'ensure', specs: wrong }]))).toEqual(['done', 'DIR_SETTINGS_CHANGED']);
    expect(view.topics()).toEqual(grown);
    const more = Array.from({ length: 9 }, (_, at) => ({ name: `wide-${at}`, partitions: 1000, retention: 'forever' as const }));
    expect(store.apply([{ kind: 'ensure', specs: more }])[0]).toMatchObject({ outcome: 'failed', message: expect.stringContaining('8192 at most') as string });
    expect(view.topics()).toEqual(grown);
  });

  // COMMIT returns after fsync of the write-ahead log in this mode (sqlite.org/pragma.html#pragma_synchronous), and the writer answers after COMMIT has returned.
  it('runs in WAL mode, with full synchronisation for durability power and that of checkpoints for process', () => {
    const settings = (durability: Durability) => {
      const { store } = opened(durability);
      return ['journal_mode', 'synchronous', 'fullfsync'].map((name) => Object.values(store.db.prepare(`PRAGMA ${name}`).get()!)[0]);
    };
    expect(settings('power')).toEqual(['wal', 2, 1]);
    expect(settings('process')).toEqual(['wal', 1, 0]);
  });
});
