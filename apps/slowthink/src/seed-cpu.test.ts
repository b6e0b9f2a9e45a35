// The recipe seed-cpu through both stages that ask the policy: what is sent, and that expand and rollout continue the very same prefixes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBroker } from '@slowthink/broker';
import { openStep, STEP_ZERO } from '@slowthink/prompts';
import { topics, type TreeRecord } from '@slowthink/records';
import { resolveSearch } from '@slowthink/search';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { contents, hashPolicy, putQuestions, question, startStream } from './testing/stream-in-memory.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'slowthink-seed-cpu-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('sends bare questions, one prefix for the children and the rollouts of a node, and never a question about what to do next', async () => {
  const broker = new MemoryBroker();
  const questions = Array.from({ length: 8 }, (_, index) => question(index));
  await putQuestions(broker, questions, 2);
  const policy = hashPolicy();
  await (await startStream({ broker, policy, partsFolder: folder, search: resolveSearch('seed-cpu') })).over;
  const asked = new Set(questions.map(({ prompt }) => prompt.text));
  for (const { messages, prefix, stop, id } of policy.requests) {
    expect(messages).toEqual([{ role: 'user', content: expect.any(String) as string }]);
    expect(asked.has(messages[0]!.content)).toBe(true);
    expect(prefix).toMatch(/^Step 0: Let's break down this problem step by step\.\n\n[^]*Step \d+:$/);
    expect(stop.length > 0, id).toBe(id.endsWith('/reason'));
  }
  const textOf = ({ messages, prefix }: (typeof policy.requests)[number]): string => JSON.stringify([messages, prefix]);
  const rolledOut = new Set(policy.requests.filter(({ id }) => id.endsWith('/rollout')).map(textOf));
  const continued = policy.requests.filter(({ id, prefix }) => !id.endsWith('/rollout') && prefix !== openStep([STEP_ZERO]));
  expect(continued.length).toBeGreaterThan(20);
  for (const request of continued) expect(rolledOut.has(textOf(request)), request.id).toBe(true);

  const trees = (await contents(broker, topics.trees)).map((text) => JSON.parse(text) as TreeRecord);
  expect(trees).toHaveLength(8);
  const finishes = trees.flatMap(({ nodes }) => nodes.filter(({ action }) => action === 'finish'));
  expect(finishes.length).toBeGreaterThan(20);
  for (const { text } of finishes) expect(text).toMatch(/^The answer is [A-D]\.$/);
});
