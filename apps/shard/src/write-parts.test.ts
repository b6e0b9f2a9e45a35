import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrajectoryRecord } from '@slowthink/records';
import { silent, type Delivery } from '@slowthink/stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeParts } from './write-parts.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'slowthink-shard-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const chain = (offset: number, polarity: 'positive' | 'negative'): Delivery => ({
  topic: 'trajectories', partition: 2, offset, key: 'made/train/1',
  value: {
    type: 'trajectory', v: 1, questionId: 'made/train/1', treeId: 't', dataset: 'made', split: 'train', role: 'train', attempt: 1, run: 'r', settingsHash: 's', seed: 1, policy: { model: 'm', revision: 'v' }, recipe: 'meds3-v2', labels: 'soft', ordinal: offset, leafId: '0.0', polarity,
    prompt: { text: 'Which?' }, answer: 'A', gold: 'A', steps: [{ nodeId: '0.0', requestId: 'q', text: 'The answer is A.', value: 1, label: true, visits: 1, right: null, simulations: null }],
  } satisfies TrajectoryRecord,
});
const deps = () => ({ folder, labels: 'soft', rowsPerPart: 10, quietMs: 10, giveUpMs: 0, observer: silent });

describe('writeParts', () => {
  it('writes prm rows of all chains and sft rows of the right ones, named by the first offset', async () => {
    const { outputs, settled } = await writeParts(deps(), [chain(7, 'negative'), chain(9, 'positive')], new AbortController().signal);
    expect(outputs.map(({ value }) => value)).toMatchObject([{ kind: 'prm', partition: 2, firstOffset: 7, lastOffset: 9, rows: 2 }, { kind: 'sft', firstOffset: 7, lastOffset: 9, rows: 1 }]);
    expect(settled.map(({ verdict }) => verdict)).toEqual(['ok', 'ok']);
    expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toHaveLength(2);
  });

  it('brings no part about once it is stopped, since the next owner may cut its batches otherwise', async () => {
    const stop = new AbortController();
    const writing = writeParts(deps(), [chain(7, 'positive')], stop.signal);
    stop.abort(new Error('stopped'));
    await expect(writing).rejects.toThrow('stopped');
    expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toEqual([]);
  });

  it('settles a lone end without a file', async () => {
    const end: Delivery = { topic: 'trajectories', partition: 2, offset: 3, key: 'end', value: { type: 'end', v: 1, batch: 'b', count: 0 } };
    expect(await writeParts(deps(), [end], new AbortController().signal)).toEqual({ outputs: [], settled: [{ delivery: end, verdict: 'ended' }] });
  });
});
