import { join } from 'node:path';
import type { SampleRequest } from '@slowthink/models';
import { expect } from 'vitest';
import { askedAbout, questionPairs, sentinel, type Asked } from './gold-sentinel.ts';

/** Requests that no verdict came before: the Reason children of the root and their completions, of ids like "TREE/1/reason" and "TREE/0.1/rollout". */
const beforeVerdicts = (id: string): boolean => /\/(?:1\/reason|0\.\d+\/rollout)$/.test(id);

const texts = ({ policy }: Asked, wanted: (id: string) => boolean): Readonly<Record<string, string>> =>
  Object.fromEntries([...policy].filter(([id]) => wanted(id)).map(([id, request]) => [id, JSON.stringify(request)]).sort());

const sameConversation = (a: SampleRequest, b: SampleRequest): boolean => a.prefix === b.prefix && JSON.stringify(a.messages) === JSON.stringify(b.messages);

/** Runs the same questions with their gold and with another; gives how many there were. */
export async function expectNoGold(folder: string, counts: { readonly [file: string]: number }): Promise<number> {
  const { real, other } = await questionPairs(folder, counts);
  expect(other.map(({ id, prompt }) => [id, prompt])).toEqual(real.map(({ id, prompt }) => [id, prompt]));
  expect(other.filter(({ gold }, at) => JSON.stringify(gold) === JSON.stringify(real[at]!.gold)).map(({ id }) => id)).toEqual([]); // every gold is another one
  const [asked, again] = [await askedAbout(real, join(folder, 'parts')), await askedAbout(other, join(folder, 'other-parts'))];
  expect([...asked.policy.keys()].filter((id) => id.endsWith('/1/reason')).length).toBe(real.length); // no question is passed over
  expect(Object.keys(texts(asked, beforeVerdicts)).length).toBeGreaterThan(real.length);
  expect(texts(again, beforeVerdicts)).toEqual(texts(asked, beforeVerdicts));
  // later requests differ in which node is expanded and how often (the high gate), never in anything else that is said about one and the same conversation
  for (const [id, request] of again.policy) {
    const twin = asked.policy.get(id);
    if (twin !== undefined && sameConversation(twin, request)) expect({ ...request, n: 0 }).toEqual({ ...twin, n: 0 });
  }
  const all = [...again.policy.values()].map((request) => JSON.stringify(request)).concat(again.scorer);
  expect(all.filter((text) => text.includes(sentinel))).toEqual([]);
  expect(again.scorer.length).toBeGreaterThan(0);
  return real.length;
}
