// Policies that think before they write, over the whole stream. The scripted policy stops at stop strings wherever they stand, as an engine does.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBroker } from '@slowthink/broker';
import type { Policy } from '@slowthink/models';
import { topics, type CompletionsRecord, type TreeRecord } from '@slowthink/records';
import { resolveSearch, type SearchOverrides } from '@slowthink/search';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { contents, hashPolicy, putQuestions, question, startStream } from './testing/stream-in-memory.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'slowthink-thinking-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const thought = '<think>\nOkay, which one?\n\nStep 1: It may be A.\n\nStep 2: The answer is A.\nFinish?\n</think>\n\n';
function solution({ prefix }: { readonly prefix: string }, seed: number): string {
  if (prefix === '') return ['Reason', 'Finish'][seed % 2]!;
  const open = /Step (\d+):[^\n]*$/.exec(prefix)?.[1];
  return `The pulse is ${60 + (seed % 40)}.\n\n${open === undefined ? '' : `Step ${Number(open) + 1}: `}The answer is ${'ABCD'[seed % 4]}.`;
}
const thinker = (): Policy => hashPolicy({ answer: (request, _index, seed) => ({ text: `${thought}${solution(request, seed)}` }) });

async function grow(search: SearchOverrides): Promise<{ readonly trees: readonly TreeRecord[]; readonly completions: readonly CompletionsRecord[] }> {
  const broker = new MemoryBroker();
  await putQuestions(broker, Array.from({ length: 4 }, (_, index) => question(index)), 2);
  await (await startStream({ broker, policy: thinker(), partsFolder: folder, search: resolveSearch('meds3-v4', 'laptop', { ...search, step: { maxTokens: 60 }, finish: { maxTokens: 60 }, rollout: { maxTokens: 60 } }) })).over;
  const read = async <Value>(topic: (typeof topics)['trees' | 'completions']): Promise<readonly Value[]> => (await contents(broker, topic)).map((text) => JSON.parse(text) as Value);
  return { trees: await read(topics.trees), completions: await read(topics.completions) };
}

it.each(['marked', 'paragraph'] as const)('grows trees of steps without thoughts, keeps the thoughts beside them, and hears both words of a choice, with steps %s', async (stepping) => {
  const { trees, completions } = await grow({ stepping, thinking: true });
  expect(trees.map(({ status }) => status)).toEqual(['closed', 'closed', 'closed', 'closed']);
  const nodes = trees.flatMap((tree) => tree.nodes.slice(1));
  expect(nodes.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  expect(nodes.filter(({ text }) => /think|Okay|It may be/.test(text))).toEqual([]);
  expect(nodes.filter(({ text }) => /^The pulse is \d\d\.$/.test(text)).length).toBeGreaterThan(10);
  expect(new Set(nodes.flatMap(({ reasoning }) => (reasoning === undefined ? [] : [reasoning])))).toEqual(new Set(['Okay, which one?\n\nStep 1: It may be A.\n\nStep 2: The answer is A.\nFinish?']));
  expect(new Set(nodes.filter(({ depth, forced }) => depth === 2 && !forced).map(({ asked }) => asked))).toEqual(new Set(['reason', 'finish']));
  expect(completions.flatMap(({ samples }) => samples).every(({ text, verdict }) => !text.includes('think') && verdict.status !== 'none')).toBe(true);
});

it.each(['marked', 'paragraph'] as const)('fails trees of a policy that thinks where nobody says that it does: its thoughts are cut at a stop string, with steps %s', async (stepping) => {
  const { trees } = await grow({ stepping });
  expect(trees.map(({ status, stop }) => [status, stop])).toEqual(Array.from({ length: 4 }, () => ['failed', 'root-failed']));
  expect(trees[0]!.nodes.slice(1).every(({ truncated, outcome }) => truncated && outcome === 'failed')).toBe(true);
});
