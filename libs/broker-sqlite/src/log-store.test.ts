import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Durability } from './format.ts';
import { LogStore } from './log-store.ts';
import { LogView } from './log-view.ts';
import type { WriteAnswer, WriteRequest } from './requests.ts';
import { freshDir, recordsOf, specs, transactionOf } from './sample.fixture.ts';

function opened(durability: Durability = 'process', now = Date.now) {
  const path = join(freshDir(), 'stream.sqlite');
  const store = new LogStore(path, durability, now);
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

  describe('records of an age', () => {
    const minute = 60_000;
    const startOf = ({ view }: ReturnType<typeof opened>) => view.ranges('rollouts')[0]!.start;
    const marksOf = ({ store }: ReturnType<typeof opened>) => store.db.prepare('SELECT at, offset FROM marks ORDER BY at').all().map(({ at, offset }) => [at, offset]);
    const deleteBelow = (below: number, olderThanMs?: number): WriteRequest => ({ kind: 'delete', log: 2, below, ...(olderThanMs === undefined ? {} : { olderThanMs }) }); // rollouts/0

    it('are known to the minute, and deleted only when all of them are old enough', () => {
      let now = 1_000_000;
      const log = opened('process', () => now);
      for (let count = 0; count < 8; count++) { log.store.apply([commitOf('expand', count, 10, 5)]); now += minute / 2; } // 10 records each half a minute, over four minutes
      expect(marksOf(log)).toEqual([[1_000_000, 0], [1_000_000 + minute, 20], [1_000_000 + 2 * minute, 40], [1_000_000 + 3 * minute, 60]]);
      log.store.apply([deleteBelow(80, 10 * minute)]);
      expect(startOf(log)).toBe(0);
      log.store.apply([deleteBelow(80, 2 * minute)]); // what was there at minute 2
      expect(startOf(log)).toBe(40);
      log.store.apply([deleteBelow(43, 1)]);
      expect(startOf(log)).toBe(43);
      now += 100 * minute;
      log.store.apply([deleteBelow(80, minute)]); // the mark of the minute in which the last 20 were written lies behind them: that of the deletion before shows their age
      expect(startOf(log)).toBe(80);
      expect(marksOf(log).length).toBeLessThan(3);
    });

    it('are found old in a log that rests, once a deletion has looked at it', () => {
      let now = 1_000_000;
      const log = opened('process', () => now);
      log.store.apply([commitOf('expand', 1, 10, 5)]);
      now += 60 * minute;
      log.store.apply([deleteBelow(10, 30 * minute)]);
      expect(startOf(log)).toBe(0); // written at some time of this hour, for all that is known
      now += 30 * minute;
      log.store.apply([deleteBelow(10, 30 * minute)]);
      expect(startOf(log)).toBe(10);
    });

    it('are never taken for older than they are when the clock is set back', () => {
      let now = 100 * minute;
      const log = opened('process', () => now);
      log.store.apply([commitOf('expand', 1, 10, 5)]);
      now -= 50 * minute;
      for (let count = 2; count < 5; count++) { log.store.apply([commitOf('expand', count, 10, 5)]); now += 1000; }
      expect(marksOf(log)).toEqual([[50 * minute, 10]]);
      log.store.apply([deleteBelow(40, 10 * minute)]);
      expect(startOf(log)).toBe(0);
    });

    it('of topics that are kept for ever are not marked, and a file of an earlier version gets its marks from now on', () => {
      let now = 1_000_000;
      const log = opened('process', () => now);
      log.store.apply([commitOf('expand', 1, 10, 5)]);
      log.store.db.exec('DROP TABLE marks');
      const again = new LogStore(log.path, 'process', () => now);
      onTestFinished(() => again.close());
      now += minute;
      const questions = { kind: 'commit', stage: 'expand', partition: 0, epoch: 1, outputs: [{ topic: 'questions', partition: 0, key: 'k', value: 'v' }], progress: '{}' } as const;
      again.apply([questions, commitOf('expand', 2, 5, 5)]);
      expect(marksOf({ ...log, store: again })).toEqual([[now, 10]]);
      again.apply([deleteBelow(12, minute)]);
      expect(startOf(log)).toBe(0);
      now += minute;
      again.apply([deleteBelow(12, minute)]);
      expect(startOf(log)).toBe(10);
    });

    it('that are many are deleted in steps, as far as the first step found them old', () => {
      let now = 1_000_000;
      const log = opened('process', () => now);
      log.store.apply([commitOf('expand', 1, 12_000, 5)]);
      now += minute;
      log.store.apply([commitOf('expand', 2, 100, 5)]);
      let request = deleteBelow(12_100, 1);
      let steps = 1;
      now += minute;
      for (let [answer] = log.store.apply([request]); answer!.outcome === 'again'; [answer] = log.store.apply([request])) { request = answer!.rest; steps++; now += 60 * minute; }
      expect([steps, startOf(log)]).toEqual([3, 12_000]);
    });
  });
});
