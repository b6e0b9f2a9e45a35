import { FaultError } from '@slowthink/faults';
import type { Signal } from '@slowthink/stream';
import { expect, test } from 'vitest';
import { composeEmbedded, composePolicy } from './compose-policy.ts';
import { conformanceRequest } from './conformance.ts';
import type { PolicyDescription } from './policy.ts';
import { replayPolicy, withRecording } from './recording.ts';
import { scriptedPolicy, scriptedScorer } from './scripted.ts';
import { virtualClock } from './virtual-clock.ts';
import { withBudget } from './with-budget.ts';
import { withObserver } from './with-observer.ts';
import { withRevisionPin } from './with-revision-pin.ts';

const answer = (_: unknown, __: number, seed: number) => ({ text: `one two ${seed}` });

test('the budget stops new requests once it is spent, and counts what earlier processes used', async () => {
  const inner = scriptedPolicy({ answer });
  const perRequest = await inner.sample(conformanceRequest()).then(({ usage }) => usage.promptTokens + usage.completionTokens);
  const policy = withBudget(inner, { tokensMax: 10 * perRequest, tokensSpent: 8 * perRequest });
  await policy.sample(conformanceRequest());
  await policy.sample(conformanceRequest());
  await expect(policy.sample(conformanceRequest())).rejects.toMatchObject({ code: 'MODEL_BUDGET_SPENT', message: `${10 * perRequest} tokens are used; the budget is ${10 * perRequest}.` });
  expect(inner.calls).toBe(3);
});

test('the revision pin looks once for many requests, and again after the server was away', async () => {
  let revision = 'a', awayNext = false;
  const inner = scriptedPolicy({ answer, fail: () => { if (!awayNext) return undefined; awayNext = false; return new FaultError('MODEL_UNREACHABLE', 'gone'); } });
  let looks = 0;
  const policy = withRevisionPin({ ...inner, describe: async (): Promise<PolicyDescription> => { looks++; return { model: 'm', revision, contextTokens: undefined }; } });
  await Promise.all([1, 2, 3].map((seed) => policy.sample(conformanceRequest({ seed }))));
  expect(looks).toBe(1);
  awayNext = true;
  await expect(policy.sample(conformanceRequest())).rejects.toMatchObject({ code: 'MODEL_UNREACHABLE' });
  await policy.sample(conformanceRequest());
  expect(looks).toBe(2);
  awayNext = true;
  await expect(policy.sample(conformanceRequest())).rejects.toMatchObject({ code: 'MODEL_UNREACHABLE' });
  revision = 'b';
  await expect(policy.sample(conformanceRequest())).rejects.toMatchObject({ code: 'MODEL_REVISION_CHANGED', message: 'The server serves m at revision b; this run began with m at a.' });
  await expect(policy.sample(conformanceRequest())).rejects.toMatchObject({ code: 'MODEL_REVISION_CHANGED' });
  revision = 'a';
  expect((await policy.sample(conformanceRequest())).samples).toHaveLength(1);
});

test('the revision pin refuses other weights than the trees began with, and looks every so many requests', async () => {
  const inner = scriptedPolicy({ answer });
  await expect(withRevisionPin(inner, { expected: { model: 'scripted', revision: 'older' } }).sample(conformanceRequest())).rejects.toMatchObject({ code: 'MODEL_REVISION_CHANGED' });
  const policy = withRevisionPin(inner, { everyRequests: 10 }), before = inner.described;
  for (let seed = 0; seed < 31; seed++) await policy.sample(conformanceRequest({ seed }));
  expect(inner.described - before).toBe(3);
});

test('the observer hears of every request with what it cost', async () => {
  const clock = virtualClock(), signals: Signal[] = [];
  const policy = withObserver(scriptedPolicy({ answer, delayMs: 250, clock, fail: (_, call) => (call === 1 ? new FaultError('MODEL_TIMEOUT', 'late') : undefined) }), (signal) => { signals.push(signal); }, clock);
  const first = policy.sample(conformanceRequest({ n: 2 }));
  await clock.advance(250);
  await first;
  const second = expect(policy.sample(conformanceRequest())).rejects.toThrow('late');
  await clock.advance(250);
  await second;
  expect(signals).toEqual([
    { kind: 'request', change: 'started', samples: 2 }, { kind: 'request', change: 'answered', samples: 2, promptTokens: (await first).usage.promptTokens, completionTokens: 6, ms: 250 },
    { kind: 'request', change: 'started', samples: 1 }, { kind: 'request', change: 'failed', samples: 1, ms: 250 },
  ]);
});

test('a recording answers what was recorded, whatever the id, and nothing else', async () => {
  const lines: string[] = [];
  const recording = withRecording(scriptedPolicy({ answer }), (line) => { lines.push(line); });
  await recording.describe();
  const reply = await recording.sample(conformanceRequest({ n: 3, prefix: 'a\nb “c”' }));
  const replay = replayPolicy(lines.join(''), 'runs/a.jsonl');
  expect(await replay.sample(conformanceRequest({ n: 3, prefix: 'a\nb “c”', id: 'another' }))).toEqual(reply);
  expect(await replay.describe()).toMatchObject({ revision: 'scripted-1' });
  await expect(replay.sample(conformanceRequest({ n: 3, seed: 12, id: 'q7' }))).rejects.toMatchObject({ code: 'MODEL_REFUSED', message: 'The recording runs/a.jsonl holds no answer to request q7 (seed 12, n 3).' });
  await expect(replay.sample(conformanceRequest({ n: 3, prefix: 'a\nb “c”', choices: ['Reason', 'Finish'], id: 'q8' }))).rejects.toMatchObject({ message: 'The recording runs/a.jsonl holds no answer to request q8 (seed 11, n 3).' });
  expect(() => replayPolicy(`${lines[0]}half a li`, 'runs/a.jsonl')).toThrow('runs/a.jsonl, line 2, is not a line of a recording.');
});

test('the scripted scorer gives one value a step, Step 0 left out', async () => {
  const scorer = scriptedScorer({ value: (_, index) => index / 10 });
  expect(await scorer.score({ id: 's', question: 'q', steps: ['Step 0', 'Step 1', 'Step 2'] })).toMatchObject({ values: [0.1, 0.2] });
  expect(scorer.requests).toHaveLength(1);
});

test('composed: an outage pauses with probes that are single requests, then the revision is checked', async () => {
  const clock = virtualClock(), signals: Signal[] = [];
  const inner = scriptedPolicy({ answer, clock, fail: () => (clock.now() < 300_000 ? new FaultError('MODEL_UNREACHABLE', 'refused') : undefined) });
  const policy = composePolicy(inner, { inFlightMax: 4, clock, observer: (signal) => { signals.push(signal); } });
  const replies = Promise.all([1, 2, 3, 4, 5, 6].map((seed) => policy.sample(conformanceRequest({ seed, id: `r${seed}` }))));
  await clock.advance(400_000);
  expect((await replies).map((reply) => reply.samples[0]!.text)).toEqual([1, 2, 3, 4, 5, 6].map((seed) => `one two ${seed}`));
  expect(inner.inFlightMax).toBeLessThanOrEqual(4);
  expect(inner.described).toBeGreaterThan(1);
  const probes = signals.filter((signal) => signal.kind === 'paused').length;
  expect(inner.calls).toBe(6 * 5 + (probes - 1) + 1 + 6); // five attempts each, one request a failed probe, one of a witness that is answered, one answer each
});

test('composed: giveUpAfterMs 0 makes an absent server an error at once', async () => {
  const clock = virtualClock();
  const policy = composePolicy(scriptedPolicy({ answer, fail: () => new FaultError('MODEL_UNAUTHORIZED', '401') }), { inFlightMax: 1, giveUpAfterMs: 0, clock });
  await expect(policy.sample(conformanceRequest())).rejects.toMatchObject({ code: 'MODEL_UNAUTHORIZED' });
});

test('composed: the budget ends the run instead of pausing it', async () => {
  const policy = composePolicy(scriptedPolicy({ answer }), { inFlightMax: 1, budgetTokens: 1, clock: virtualClock() });
  await policy.sample(conformanceRequest());
  await expect(policy.sample(conformanceRequest())).rejects.toMatchObject({ code: 'MODEL_BUDGET_SPENT' });
});

test('a model inside the process is observed, limited and pinned; a fault of it is neither retried nor waited for', async () => {
  const clock = virtualClock(), signals: Signal[] = [];
  const inner = scriptedPolicy({ answer, delayMs: 10, clock, fail: (_request, call) => (call === 3 ? new FaultError('MODEL_SERVER_ERROR', 'the worker died') : undefined) });
  const policy = composeEmbedded(inner, { inFlightMax: 2, clock, observer: (signal) => { signals.push(signal); }, expected: { model: 'scripted', revision: 'scripted-1' } });
  const asked = Promise.allSettled(Array.from({ length: 6 }, () => policy.sample(conformanceRequest())));
  await clock.advance(100);
  const ends = await asked;
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect([inner.calls, inner.inFlightMax, inner.described]).toEqual([6, 2, 1]);
  expect(signals.filter(({ kind }) => kind !== 'request')).toEqual([]);
  const other = composeEmbedded(scriptedPolicy({ answer }), { inFlightMax: 1, expected: { model: 'scripted', revision: 'older' } });
  await expect(other.sample(conformanceRequest())).rejects.toMatchObject({ code: 'MODEL_REVISION_CHANGED' });
});
