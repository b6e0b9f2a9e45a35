import { closeSync, openSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Reader } from '@slowthink/broker';
import { describe, expect, it } from 'vitest';
import { isHeld } from './dir-lock.ts';
import { openSqliteBroker } from './open-sqlite-broker.ts';
import { freshDir, recordsOf, specs, start, transactionOf } from './sample.fixture.ts';

/** A folder with 200 records of 1,000 characters in `rollouts` 0, closed. */
async function writtenDir(): Promise<string> {
  const dir = freshDir();
  const broker = await openSqliteBroker({ dir, mode: 'run' });
  await broker.ensureTopics(specs);
  await (await broker.claim('expand', 0)).commit(transactionOf('expand', 200, recordsOf(200, 1000)));
  await broker.close();
  return dir;
}

async function drain(reader: Reader): Promise<number> {
  let count = 0;
  while (await reader.ready()) count += reader.take(50).length;
  return count;
}

describe('openSqliteBroker', () => {
  it('makes the folder with those above it and keeps everything in one file once closed', async () => {
    const dir = join(freshDir(), 'a', 'b');
    const broker = await openSqliteBroker({ dir, durability: 'power', mode: 'run' });
    await broker.ensureTopics(specs);
    await broker.close();
    expect(statSync(join(dir, 'stream.sqlite')).size).toBeGreaterThan(0);
    expect(() => statSync(join(dir, 'stream.sqlite-wal'))).toThrow();
    expect(isHeld(dir)).toBeUndefined();
  });

  it('says DISK_READ_ONLY when the folder is a file or lies below one, and holds nothing afterwards', async () => {
    const path = join(freshDir(), 'file');
    writeFileSync(path, 'text');
    for (const dir of [path, join(path, 'below')]) {
      await expect(openSqliteBroker({ dir, mode: 'run' })).rejects.toMatchObject({ code: 'DISK_READ_ONLY', message: expect.stringContaining(dir) as string });
    }
    expect(readFileSync(path, 'utf8')).toBe('text');
  });

  for (const mode of ['run', 'read'] as const) {
    it(`says STORE_CORRUPT for a file that is no database (mode ${mode}) and leaves it and the folder free`, async () => {
      const dir = freshDir();
      writeFileSync(join(dir, 'stream.sqlite'), 'this is not a database, whatever its name says. '.repeat(400));
      const before = readFileSync(join(dir, 'stream.sqlite'));
      await expect(openSqliteBroker({ dir, mode })).rejects.toMatchObject({ code: 'STORE_CORRUPT', message: expect.stringContaining('stream.sqlite') as string });
      expect(readFileSync(join(dir, 'stream.sqlite'))).toEqual(before);
      expect(isHeld(dir)).toBeUndefined();
    });

    it(`says STORE_CORRUPT for a file that was cut off (mode ${mode})`, async () => {
      const dir = await writtenDir();
      truncateSync(join(dir, 'stream.sqlite'), 5 * 8192 + 100);
      await expect(openSqliteBroker({ dir, mode })).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    });

    it(`says DIR_VERSION for another format or another program's file (mode ${mode}), naming both versions`, async () => {
      const dir = await writtenDir();
      const db = new DatabaseSync(join(dir, 'stream.sqlite'));
      db.exec("UPDATE meta SET value = '7' WHERE key = 'format'");
      await expect(openSqliteBroker({ dir, mode })).rejects.toMatchObject({ code: 'DIR_VERSION', message: expect.stringMatching(/format "7".*format 2/) as string });
      db.exec('DROP TABLE meta');
      db.close();
      await expect(openSqliteBroker({ dir, mode })).rejects.toMatchObject({ code: 'DIR_VERSION', message: expect.stringContaining('not written by Slowthink') as string });
      expect(isHeld(dir)).toBeUndefined();
    });
  }

  it('says STORE_CORRUPT from the reader that comes upon a damaged page', async () => {
    const dir = await writtenDir();
    const path = join(dir, 'stream.sqlite');
    const file = openSync(path, 'r+');
    for (let page = 12; page < statSync(path).size / 8192; page++) writeSync(file, Buffer.alloc(8192, 0xee), 0, 8192, page * 8192); // the tables' roots lie before
    closeSync(file);
    const broker = await openSqliteBroker({ dir, mode: 'read' });
    await expect(drain(broker.read('rollouts', 0, start, { until: 200 }))).rejects.toMatchObject({ code: 'STORE_CORRUPT', message: expect.stringContaining(path) as string });
    await broker.close();
  });

  it('deletes far more records than one step takes while commits go on, and shows none of them meanwhile', async () => {
    const broker = await openSqliteBroker({ dir: freshDir(), mode: 'run' });
    await broker.ensureTopics(specs);
    const task = await broker.claim('expand', 0);
    await task.commit(transactionOf('expand', 1, recordsOf(12_345)));
    const deleted = broker.deleteBelow('rollouts', 0, 12_340);
    const { offsets } = await task.commit(transactionOf('expand', 2, recordsOf(3)));
    expect(offsets).toEqual([12_345, 12_346, 12_347]);
    expect(await drain(broker.read('rollouts', 0, start, { until: 12_348 }))).toBe(8);
    await deleted;
    expect(await drain(broker.read('rollouts', 0, start, { until: 12_348 }))).toBe(8);
    expect((await broker.ranges('rollouts'))[0]).toEqual({ partition: 0, start: 12_340, end: 12_348 });
    await broker.close();
  });

  it('keeps records that arrive during a deletion below an offset that did not exist yet', async () => {
    const broker = await openSqliteBroker({ dir: freshDir(), mode: 'run' });
    await broker.ensureTopics(specs);
    const task = await broker.claim('expand', 0);
    await task.commit(transactionOf('expand', 1, recordsOf(12_000)));
    const deleted = broker.deleteBelow('rollouts', 0, 1_000_000);
    await task.commit(transactionOf('expand', 2, recordsOf(2)));
    await deleted;
    expect(await drain(broker.read('rollouts', 0, start, { until: 12_002 }))).toBe(2);
    await broker.close();
  });

  it('reports commits that were asked for before it was closed', async () => {
    const dir = freshDir();
    const broker = await openSqliteBroker({ dir, mode: 'run' });
    await broker.ensureTopics(specs);
    const task = await broker.claim('expand', 0);
    const commits = [1, 2, 3].map((count) => task.commit(transactionOf('expand', count, recordsOf(100))));
    await broker.close();
    await broker.close();
    expect((await Promise.all(commits)).map(({ offsets }) => offsets[0])).toEqual([0, 100, 200]);
    const again = await openSqliteBroker({ dir, mode: 'read' });
    expect((await again.progress())[0]!.ledger.in).toBe(3);
    await again.close();
  });
});

describe('a broker opened for reading', () => {
  it('says DIR_MISSING where no stream is', async () => {
    const dir = freshDir();
    await expect(openSqliteBroker({ dir: join(dir, 'absent'), mode: 'read' })).rejects.toMatchObject({ code: 'DIR_MISSING' });
    writeFileSync(join(dir, 'stream.sqlite'), '');
    await expect(openSqliteBroker({ dir, mode: 'read' })).rejects.toMatchObject({ code: 'DIR_MISSING' });
  });

  it('reads a finished folder and changes nothing', async () => {
    const dir = await writtenDir();
    const before = readFileSync(join(dir, 'stream.sqlite'));
    const broker = await openSqliteBroker({ dir, mode: 'read' });
    expect(await broker.topics()).toEqual(specs);
    expect(await drain(broker.read('rollouts', 0, start, { until: 200 }))).toBe(200);
    await expect(broker.ensureTopics(specs)).rejects.toThrow('opened for reading');
    await expect(broker.claim('expand', 0)).rejects.toThrow('opened for reading');
    await expect(broker.deleteBelow('rollouts', 0, 5)).rejects.toThrow('opened for reading');
    expect(isHeld(dir)).toBeUndefined();
    await broker.close();
    expect(readFileSync(join(dir, 'stream.sqlite'))).toEqual(before);
  });

  it('finds topics that are made after it was opened, wakes for their records, and ends a waiting reader when closed', async () => {
    const dir = await writtenDir();
    const beside = await openSqliteBroker({ dir, mode: 'read' });
    const run = await openSqliteBroker({ dir, mode: 'run' });
    await run.ensureTopics([...specs, { name: 'faults', partitions: 1, retention: 'forever' }]);
    const reader = beside.read('faults', 0, start);
    const ready = reader.ready();
    await (await run.claim('label', 0)).commit(transactionOf('label', 1, [{ topic: 'faults', partition: 0, key: 'k', value: 'late' }]));
    expect(await ready).toBe(true);
    expect(reader.take(5).map(({ value }) => value)).toEqual(['late']);
    const waiting = reader.ready();
    await beside.close();
    expect(await waiting).toBe(false);
    await run.close();
  });
});
