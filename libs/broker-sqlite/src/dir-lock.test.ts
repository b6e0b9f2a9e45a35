import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isHeld, lockDir } from './dir-lock.ts';
import { openSqliteBroker } from './open-sqlite-broker.ts';
import { freshDir, start } from './sample.fixture.ts';

/** Starts the writing process on a folder and waits until it has committed `count` transactions. */
async function writing(dir: string, durability: 'process' | 'power', count: number) {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./write-forever.fixture.ts', import.meta.url)), dir, durability], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => { child.kill('SIGKILL'); });
  const exited = once(child, 'exit');
  let committed = 0;
  const lines = createInterface({ input: child.stdout });
  const reached = new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      if (line !== 'open') committed = Number(line);
      if (committed >= count) resolve();
    });
    lines.on('close', () => reject(new Error(`the writing process ended after ${committed} of ${count}`)));
  });
  await reached;
  return {
    pid: child.pid!,
    /** kill -9; gives the count it had printed as committed. */
    async kill(): Promise<number> {
      child.kill('SIGKILL');
      await exited;
      return committed;
    },
  };
}

describe('a folder held by a process', () => {
  it('is refused to a second process with the pid of the first, and free once that is killed', async () => {
    const dir = freshDir();
    const child = await writing(dir, 'process', 1);
    await expect(openSqliteBroker({ dir, mode: 'run' })).rejects.toMatchObject({ code: 'DIR_IN_USE', message: `The folder ${dir} is used by process ${child.pid}.` });
    expect(isHeld(dir)).toEqual({ pid: child.pid });
    await child.kill();
    expect(isHeld(dir)).toBeUndefined();
    const broker = await openSqliteBroker({ dir, mode: 'run' });
    expect(isHeld(dir)).toEqual({ pid: process.pid });
    await broker.close();
  });

  for (const durability of ['process', 'power'] as const) {
    it(`keeps after kill -9 what was reported as committed, whole transactions only (durability ${durability}), time after time`, async () => {
      const dir = freshDir();
      for (let turn = 1; turn <= 3; turn++) {
        const reported = await (await writing(dir, durability, turn * 25)).kill();
        const broker = await openSqliteBroker({ dir, durability, mode: 'run' });
        const [progress] = await broker.progress();
        const count = progress!.ledger.in;
        expect(count).toBeGreaterThanOrEqual(reported);
        expect((await broker.ranges('rollouts')).map(({ end }) => end)).toEqual([count * 3, count]);
        const counts: number[] = [];
        const reader = broker.read('rollouts', 0, start, { until: count * 3 });
        while (await reader.ready()) counts.push(...reader.take(1000).map(({ value }) => (JSON.parse(value) as { count: number }).count));
        expect(counts).toEqual(Array.from({ length: count * 3 }, (_, at) => Math.floor(at / 3) + 1));
        await broker.close();
      }
    });
  }

  it('can be read beside the process that writes: what it commits arrives', async () => {
    const dir = freshDir();
    const child = await writing(dir, 'process', 1);
    const beside = await openSqliteBroker({ dir, mode: 'read' });
    const { end } = (await beside.ranges('rollouts'))[1]!;
    const reader = beside.read('rollouts', 1, { next: end + 1, unsettled: [] });
    expect(await reader.ready()).toBe(true);
    expect(reader.take(1)[0]!.offset).toBe(end + 1);
    expect((await beside.progress())[0]!.ledger.in).toBeGreaterThan(end);
    expect(isHeld(dir)).toEqual({ pid: child.pid });
    await beside.close();
  });
});

describe('lockDir', () => {
  it('refuses the same folder twice in one process', () => {
    const dir = freshDir();
    const lock = lockDir(dir);
    expect(() => lockDir(dir)).toThrow(expect.objectContaining({ code: 'DIR_IN_USE', message: `The folder ${dir} is used by process ${process.pid}.` }));
    lock.release();
    lockDir(dir).release();
    expect(isHeld(dir)).toBeUndefined();
  });

  it('stays locked for others however often somebody asks whether it is held', () => {
    const dir = freshDir();
    expect(isHeld(dir)).toBeUndefined();
    const lock = lockDir(dir);
    for (let turn = 0; turn < 3; turn++) expect(isHeld(dir)).toEqual({ pid: process.pid });
    expect(() => lockDir(dir)).toThrow(/is used by process/);
    lock.release();
  });

  it('takes no notice of a pid that was left behind', () => {
    const dir = freshDir();
    lockDir(dir).release();
    writeFileSync(join(dir, 'lock.pid'), '1\n');
    expect(isHeld(dir)).toBeUndefined();
    lockDir(dir).release();
    expect(existsSync(join(dir, 'lock.pid'))).toBe(false);
  });

  it('names no process that has died when the holder has not written its own pid yet', () => {
    const dir = freshDir();
    const lock = lockDir(dir);
    writeFileSync(join(dir, 'lock.pid'), '4194999\n'); // above the largest pid of Linux
    expect(isHeld(dir)).toEqual({ pid: 0 });
    expect(() => lockDir(dir)).toThrow(/is used by another process/);
    lock.release();
  });

  it('says DISK_READ_ONLY for a folder that cannot hold the file', () => {
    expect(() => lockDir(join(freshDir(), 'absent'))).toThrow(expect.objectContaining({ code: 'DISK_READ_ONLY' }));
  });
});
