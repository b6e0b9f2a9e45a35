// A bit that flips on the disk: what is read is what was written, or the file is named as damaged; it is never other data.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Broker } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openSqliteBroker } from './open-sqlite-broker.ts';
import { freshDir, recordsOf, specs, start, transactionOf } from './sample.fixture.ts';

/** Everything a reader can learn of a log. */
async function everything(broker: Broker): Promise<string> {
  const logs = [];
  for (const { name } of await broker.topics()) {
    for (const { partition, ...range } of await broker.ranges(name)) {
      const reader = broker.read(name, partition, start, { until: range.end });
      const records = [];
      try { while (await reader.ready()) records.push(...reader.take(100)); } finally { reader.close(); }
      logs.push({ name, partition, range, records });
    }
  }
  return JSON.stringify({ topics: await broker.topics(), logs, progress: await broker.progress() });
}

async function tell(dir: string): Promise<string> {
  let broker: Broker | undefined;
  try {
    broker = await openSqliteBroker({ dir, mode: 'read' });
    return await everything(broker);
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    return error.code;
  } finally { await broker?.close(); }
}

it('a flipped bit anywhere in the file changes nothing that is read, or is STORE_CORRUPT or another version', async () => {
  const dir = freshDir(), path = join(dir, 'stream.sqlite');
  const broker = await openSqliteBroker({ dir, mode: 'run' });
  await broker.ensureTopics(specs);
  const [expand, rollout] = [await broker.claim('expand', 0), await broker.claim('rollout', 1)];
  for (let at = 0; at < 3; at++) {
    await expand.commit(transactionOf('expand', at, [...recordsOf(30, 40), ...recordsOf(5, 900, 1)]));
    await rollout.commit({ ...transactionOf('rollout', at, recordsOf(10, 100, 1)), progress: { ...transactionOf('rollout', at, []).progress, partition: 1 } });
  }
  await broker.deleteBelow('rollouts', 0, 20);
  await broker.close();
  const [bytes, whole] = [readFileSync(path), await tell(dir)];
  expect(JSON.parse(whole)).toMatchObject({ progress: [{ stage: 'expand' }, { stage: 'rollout' }] });
  let named = 0;
  await fc.assert(fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), async (at, bit) => {
    const flipped = Buffer.from(bytes);
    flipped[at]! ^= 1 << bit;
    writeFileSync(path, flipped);
    const told = await tell(dir);
    if (told === whole) return;
    expect(['STORE_CORRUPT', 'DIR_VERSION', 'DIR_MISSING']).toContain(told);
    named++;
  }), { numRuns: Number(process.env['FLIPS'] ?? 500) });
  expect(named).toBeGreaterThan(0);
});
