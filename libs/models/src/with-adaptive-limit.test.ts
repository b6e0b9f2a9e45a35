import { FaultError } from '@slowthink/faults';
import { expect, test } from 'vitest';
import { conformanceRequest } from './conformance.ts';
import { scriptedPolicy } from './scripted.ts';
import { virtualClock } from './virtual-clock.ts';
import { withAdaptiveLimit } from './with-adaptive-limit.ts';

const answer = () => ({ text: 'yes' });
const many = (count: number) => Array.from({ length: count }, (_, seed) => conformanceRequest({ seed, id: `r${seed}` }));

test('lets max requests through at once from the start, first come first served', async () => {
  const clock = virtualClock();
  const inner = scriptedPolicy({ answer, delayMs: 100, clock });
  const policy = withAdaptiveLimit(inner, { max: 8 });
  const replies = Promise.all(many(40).map((request) => policy.sample(request)));
  await clock.advance(0);
  expect(inner.inFlight).toBe(8);
  await clock.advance(500);
  await replies;
  expect(inner.inFlightMax).toBe(8);
  expect(inner.requests.map((request) => request.seed)).toEqual(Array.from({ length: 40 }, (_, i) => i));
});

test('halves once for a refused burst, grows by about one a round of answers, and is never above max', async () => {
  const clock = virtualClock(), limits: number[] = [];
  let refuse = true;
  const inner = scriptedPolicy({ answer, delayMs: 100, clock, fail: () => (refuse ? new FaultError('MODEL_OVERLOADED', '429') : undefined) });
  const policy = withAdaptiveLimit(inner, { max: 16, observer: (signal) => { if (signal.kind === 'limit') limits.push(signal.inFlightMax); } });
  const burst = Promise.allSettled(many(16).map((request) => policy.sample(request)));
  await clock.advance(100);
  expect((await burst).every((one) => one.status === 'rejected')).toBe(true);
  expect(limits).toEqual([8]);
  refuse = false;
  const rest = Promise.all(many(400).map((request) => policy.sample(request)));
  await clock.advance(100);
  expect(inner.inFlight).toBeLessThanOrEqual(9);
  await clock.advance(10_000);
  await rest;
  expect(limits).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16]);
  expect(inner.inFlightMax).toBe(16);
});

test('never goes below one and still answers', async () => {
  const inner = scriptedPolicy({ answer, fail: (_, call) => (call < 20 ? new FaultError('MODEL_TIMEOUT', 'late') : undefined) });
  const policy = withAdaptiveLimit(inner, { max: 4 });
  for (let call = 0; call < 20; call++) await expect(policy.sample(conformanceRequest())).rejects.toMatchObject({ code: 'MODEL_TIMEOUT' });
  expect((await policy.sample(conformanceRequest())).samples).toHaveLength(1);
});

test('a refusal of the request does not lower the limit', async () => {
  const clock = virtualClock();
  const inner = scriptedPolicy({ answer, delayMs: 10, clock, fail: (_, call) => (call < 4 ? new FaultError('MODEL_REFUSED', '400') : undefined) });
  const policy = withAdaptiveLimit(inner, { max: 4 });
  const refused = Promise.allSettled(many(4).map((request) => policy.sample(request)));
  await clock.advance(10);
  await refused;
  const next = Promise.all(many(4).map((request) => policy.sample(request)));
  await clock.advance(0);
  expect(inner.inFlight).toBe(4);
  await clock.advance(10);
  await next;
});

test('a request that is cancelled while it waits takes no place', async () => {
  const clock = virtualClock(), controller = new AbortController();
  const inner = scriptedPolicy({ answer, delayMs: 100, clock });
  const policy = withAdaptiveLimit(inner, { max: 1 });
  const first = policy.sample(conformanceRequest());
  const cancelled = expect(policy.sample(conformanceRequest({ seed: 1 }), controller.signal)).rejects.toThrow('gone');
  const third = policy.sample(conformanceRequest({ seed: 2 }));
  controller.abort(new Error('gone'));
  await cancelled;
  await clock.advance(200);
  await Promise.all([first, third]);
  expect(inner.requests.map((request) => request.seed)).toEqual([11, 2]);
});
