import { expect, it } from 'vitest';
import { lagLookup, type Lag } from './lag-lookup.ts';

function lookup(waitMs = 60_000) {
  const clock = { nowMs: 0 };
  const asked: { readonly answer: (rows: readonly Lag[]) => void; readonly fail: (error: Error) => void }[] = [];
  const look = lagLookup({ look: () => new Promise<readonly Lag[]>((answer, fail) => { asked.push({ answer, fail }); }), goodForMs: 5000, waitMs, now: () => clock.nowMs });
  return { clock, asked, look };
}
const rows = (lag: number): readonly Lag[] => [{ stage: 'rollout', topic: 'expansions', lag }];

it('adds up the partitions of a stage and topic', async () => {
  const { asked, look } = lookup();
  const answer = look();
  asked[0]!.answer([...rows(3), { stage: 'expand', topic: 'rollouts', lag: 1 }, ...rows(4)]);
  expect(await answer).toEqual([...rows(7), { stage: 'expand', topic: 'rollouts', lag: 1 }]);
});

it('asks the log once for all who ask at once, and again only when the answer is 5 s old', async () => {
  const { clock, asked, look } = lookup();
  const all = Promise.all([look(), look(), look()]);
  asked[0]!.answer(rows(3));
  expect(await all).toEqual([rows(3), rows(3), rows(3)]);
  clock.nowMs = 4999;
  expect(await look()).toEqual(rows(3));
  expect(asked).toHaveLength(1);
  clock.nowMs = 5000;
  const later = look();
  expect(asked).toHaveLength(2);
  asked[1]!.answer(rows(0));
  expect(await later).toEqual(rows(0));
});

it('knows no lag where the log fails, and asks it no more often for that', async () => {
  const { clock, asked, look } = lookup();
  const failed = look();
  asked[0]!.fail(new Error('away'));
  expect(await failed).toBeUndefined();
  clock.nowMs = 1000;
  expect(await look()).toBeUndefined();
  expect(asked).toHaveLength(1);
});

it('goes without an old answer while the log is slow, and takes the new one when it is there', async () => {
  const { clock, asked, look } = lookup(1);
  expect(await look()).toBeUndefined();
  expect(await look()).toBeUndefined();
  expect(asked).toHaveLength(1);
  asked[0]!.answer(rows(9));
  await new Promise((resolve) => setImmediate(resolve));
  expect(await look()).toEqual(rows(9));
  clock.nowMs = 20_000;
  expect(await look()).toBeUndefined(); // asked again; 20 s old says nothing
});
