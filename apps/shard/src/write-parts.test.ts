import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PairRecord, TrajectoryRecord } from '@slowthink/records';
import { silent, type Delivery } from '@slowthink/stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeParts } from './write-parts.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'slowthink-shard-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const chain = (offset: number, polarity: 'positive' | 'negative'): Delivery => ({
  topic: 'trajectories', partition: 2, offset, key: 'made/train/1',
  value: {
    type: 'trajectory', v: 1, questionId: 'made/train/1', treeId: 't', dataset: 'made', split: 'train', role: 'train', attempt: 1, run: 'r', settingsHash: 's', seed: 1, policy: { model: 'm', revision: 'v' }, recipe: 'meds3-v2', labels: 'soft', labelsHash: 'h', stepping: 'marked', ordinal: offset, leafId: '0.0', polarity, sft: polarity === 'positive', reflects: 0, unsimulated: 0,
    prompt: { text: 'Which?' }, answer: 'A', gold: 'A', steps: [{ nodeId: '0.0', requestId: 'q', text: 'The answer is A.', value: 1, target: 1, label: true, visits: 1, right: null, simulations: null }],
  } satisfies TrajectoryRecord,
});
const pair = (offset: number, finished: boolean): Delivery => {
  const { type: _type, leafId: _leaf, polarity: _polarity, sft: _sft, unsimulated: _unsimulated, answer: _answer, steps: _steps, ...frame } = chain(offset, 'positive').value as TrajectoryRecord;
  const side = (nodeId: string, value: number) => ({ nodeId, value, answer: finished ? 'A' : '', steps: [{ nodeId, requestId: 'q', text: `Step to ${nodeId}.` }] });
  return { topic: 'trajectories', partition: 2, offset, key: 'made/train/1', value: { ...frame, type: 'pair', kind: 'siblings', finished, gap: 1, chosen: side('0.0', 1), rejected: side('0.1', 0) } satisfies PairRecord };
};
const deps = () => ({ folder, labels: 'soft-1', rowsPerPart: 10, quietMs: 10, giveUpMs: 0, observer: silent });

describe('writeParts', () => {
  it('writes prm rows of all chains and sft rows of the right ones, named by the first offset', async () => {
    const { outputs, settled } = await writeParts(deps(), [chain(7, 'negative'), chain(9, 'positive')], new AbortController().signal);
    expect(outputs.map(({ value }) => value)).toMatchObject([{ kind: 'prm', partition: 2, firstOffset: 7, lastOffset: 9, rows: 2 }, { kind: 'sft', firstOffset: 7, lastOffset: 9, rows: 1 }]);
    expect(settled.map(({ verdict }) => verdict)).toEqual(['ok', 'ok']);
    expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toHaveLength(2);
  });

  it('writes finished pairs and step pairs apart, and right chains that were not kept as prm rows alone', async () => {
    const unkept = chain(1, 'positive');
    const { outputs, settled } = await writeParts(deps(), [{ ...unkept, value: { ...unkept.value as TrajectoryRecord, sft: false } }, pair(2, true), pair(3, false), pair(4, false)], new AbortController().signal);
    expect(outputs.map(({ value }) => value)).toMatchObject([
      { kind: 'prm', rows: 1, labels: 'soft-1' }, { kind: 'preference', rows: 1, firstOffset: 1, lastOffset: 4, file: expect.stringMatching(/^preference-2-0000000000000001-/) as string }, { kind: 'preference_steps', rows: 2, file: expect.stringMatching(/^preference_steps-2-0000000000000001-/) as string },
    ]);
    expect(settled).toHaveLength(4);
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
