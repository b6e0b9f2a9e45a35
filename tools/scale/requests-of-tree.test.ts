import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MemoryBroker } from '@slowthink/broker';
import { readCorpus, readManifests } from '@slowthink/corpus';
import { scriptedPolicy } from '@slowthink/models';
import { hashSeed, topics, type QuestionRecord, type TreeRecord } from '@slowthink/records';
import { resolveSearch } from '@slowthink/search';
import { contents, putQuestions, startStream } from '../../apps/slowthink/src/testing/stream-in-memory.ts';
import { requestsOfTree } from './requests-of-tree.ts';

async function questionsOf(count: number): Promise<readonly QuestionRecord[]> {
  const found: QuestionRecord[] = [];
  for await (const item of readCorpus({ paths: ['first-questions'], manifests: await readManifests() })) if (item.kind === 'question' && found.length < count) found.push(item.question);
  return found;
}

test.each(['meds3-v2', 'meds3-v4', 'seed-cpu'])('writes again, word for word, every request that a stream of recipe %s asked', async (recipe) => {
  const folder = mkdtempSync(join(tmpdir(), 'slowthink-requests-'));
  try {
    const broker = new MemoryBroker();
    await putQuestions(broker, await questionsOf(2), 2);
    const policy = scriptedPolicy({
      answer(request, _index, seed) {
        const roll = (sides: number, what: string): number => hashSeed(request.prefix, seed, what) % sides;
        if (request.prefix === '') return { text: roll(3, 'choice') === 0 ? 'Finish' : 'Reason' };
        const first = Number(/Step (\d+):[^\n]*$/.exec(request.prefix)![1]);
        if (request.stop.length > 0) return { text: ` word ${roll(50, 'word')}.` };
        return { text: ` word ${roll(50, 'word')}.${roll(2, 'long') === 0 ? `\n\nStep ${first + 1}: and word ${roll(50, 'other')}.\n\nStep ${first + 2}:` : `\n\nStep ${first + 1}:`} The answer is ${'ABCD'[roll(4, 'answer')]!}.` };
      },
    });
    await (await startStream({ broker, policy, partsFolder: folder, search: { ...resolveSearch(recipe), nodesMax: recipe === 'meds3-v4' ? 40 : 12 }, trees: 2, requests: 8 })).over;
    const trees = (await contents(broker, topics.trees)).map((text) => JSON.parse(text) as TreeRecord);
    expect(trees).toHaveLength(2);
    const again = trees.flatMap(requestsOfTree);
    const asked = policy.requests.map(({ messages, prefix, n }) => `${n} ${messages.map(({ content }) => content).join('\n\n')}\n\n${prefix}`.trimEnd());
    expect(again.map(({ head, steps, n }) => `${n} ${head}${steps}`.trimEnd()).sort()).toEqual(asked.sort());
    expect(new Set(again.map(({ kind }) => kind))).toEqual(new Set({ 'meds3-v2': ['choose', 'reason', 'finish', 'rollout'], 'meds3-v4': ['choose', 'reason', 'finish', 'reflect', 'rollout'], 'seed-cpu': ['reason', 'finish', 'rollout'] }[recipe]));
    expect(trees.reduce((sum, { usage }) => sum + usage.samples, 0)).toBe(again.reduce((sum, { n }) => sum + n, 0));
  } finally { rmSync(folder, { recursive: true, force: true }); }
});
