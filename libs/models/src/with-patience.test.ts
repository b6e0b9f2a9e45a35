import { FaultError } from '@slowthink/faults';
import type { Signal } from '@slowthink/stream';
import { expect, test } from 'vitest';
import { composePolicy } from './compose-policy.ts';
import { conformanceRequest } from './conformance.ts';
import type { SampleRequest } from './policy.ts';
import { scriptedPolicy } from './scripted.ts';
import { virtualClock } from './virtual-clock.ts';
import { withPatience } from './with-patience.ts';

const answer = (_: unknown, __: number, seed: number) => ({ text: `answer ${seed}` });
const away = () => new FaultError('MODEL_UNREACHABLE', 'POST http://host failed: nothing listens there (ECONNREFUSED).');
const hour = 3_600_000;
const many = (count: number) => Array.from({ length: count }, (_, seed) => conformanceRequest({ seed, id: `r${seed}` }));

/** A server that is away between two moments of virtual time: it neither answers nor says who it is. */
function setting(awayFrom: number, awayUntil: number, options: { giveUpAfterMs?: number; delayMs?: number } = {}) {
  const clock = virtualClock(), signals: Signal[] = [], probes: number[] = [];
  const inner = scriptedPolicy({ answer, clock, delayMs: options.delayMs ?? 0, fail: () => {
    if (clock.now() < awayFrom || clock.now() >= awayUntil) return undefined;
    probes.push(clock.now());
    return away();
  } });
  const described = async () => { if (clock.now() >= awayFrom && clock.now() < awayUntil) throw away(); return inner.describe(); };
  const policy = withPatience({ ...inner, sample: inner.sample, describe: described }, { clock, giveUpAfterMs: options.giveUpAfterMs ?? 2 * hour, observer: (signal) => { signals.push(signal); } });
  return { clock, signals, probes, inner, policy };
}

test('an hour without a server loses no question: one probe at a time, then everything goes on', async () => {
  const { clock, signals, probes, inner, policy } = setting(0, hour);
  const replies = Promise.all(many(64).map((request) => policy.sample(request)));
  await clock.advance(hour + 30_000);
  expect((await replies).map((reply) => reply.samples[0]!.text)).toEqual(Array.from({ length: 64 }, (_, i) => `answer ${i}`));
  // 64 find out at 0; probes at 1, 3, 7, 15, 31, 61, 91 … s, one at a time
  expect(probes.slice(0, 64).every((at) => at === 0)).toBe(true);
  expect(probes.slice(64, 71)).toEqual([1000, 3000, 7000, 15_000, 31_000, 61_000, 91_000]);
  expect(new Set(probes.slice(64)).size).toBe(probes.length - 64);
  expect(inner.calls).toBe(probes.length + 64); // nobody is answered twice
  const paused = signals.filter((signal) => signal.kind === 'paused');
  expect(paused[0]).toEqual({ kind: 'paused', of: 'policy', code: 'MODEL_UNREACHABLE', message: away().message, retryInMs: 1000 });
  expect(paused.at(-1)).toMatchObject({ retryInMs: 30_000 });
  const resumed = signals.filter((signal) => signal.kind === 'resumed');
  expect(resumed).toHaveLength(1);
  expect(resumed[0]!.afterMs).toBeGreaterThanOrEqual(hour);
});

test('what comes during the pause waits without being sent', async () => {
  const { clock, inner, policy } = setting(0, 10_000);
  const first = policy.sample(conformanceRequest({ seed: 1 }));
  await clock.advance(500);
  const later = Promise.all(many(20).map((request) => policy.sample(request)));
  await clock.advance(100);
  expect(inner.calls).toBe(1);
  await clock.advance(20_000);
  expect((await first).samples[0]!.text).toBe('answer 1');
  expect(await later).toHaveLength(20);
});

test('gives up after giveUpAfterMs: everything that waits and everything later is rejected with the fault', async () => {
  const { clock, policy } = setting(0, Infinity, { giveUpAfterMs: 600_000 });
  const replies = Promise.all(many(3).map((request) => policy.sample(request).catch((error: unknown) => error as FaultError)));
  await clock.advance(600_000);
  for (const fault of await replies) {
    expect(fault).toBeInstanceOf(FaultError);
    expect((fault as FaultError).code).toBe('MODEL_UNREACHABLE');
    expect((fault as FaultError).message).toMatch(/nothing listens there .* Waited 600 s for the server; \d+ requests wait\.$/);
  }
});

test('names how many requests wait, and rejects later requests at once', async () => {
  const { clock, inner, policy } = setting(0, Infinity, { giveUpAfterMs: 5_000 });
  const replies = Promise.all(many(5).map((request) => policy.sample(request).catch((error: unknown) => (error as FaultError).message)));
  await clock.advance(5_000);
  expect(new Set(await replies)).toEqual(new Set([`${away().message} Waited 5 s for the server; 5 requests wait.`]));
  const calls = inner.calls;
  await expect(policy.sample(conformanceRequest())).rejects.toThrow('5 requests wait');
  expect(inner.calls).toBe(calls);
  expect(clock.sleeping).toBe(0);
});

test('gives up on a probe that hangs', async () => {
  const clock = virtualClock();
  const inner = scriptedPolicy({ answer, fail: () => away() });
  const hanging = { ...inner, sample: (_: unknown, signal?: AbortSignal) => new Promise<never>((_resolve, reject) => signal!.addEventListener('abort', () => reject(signal!.reason))) };
  const policy = withPatience(inner, { clock, giveUpAfterMs: 60_000, probeWith: hanging });
  const reply = policy.sample(conformanceRequest()).catch((error: unknown) => (error as FaultError).message);
  await clock.advance(60_000);
  expect(await reply).toContain('Waited 60 s for the server; 1 request waits.');
});

test.each([['MODEL_REFUSED', 'a refused request'], ['MODEL_BUDGET_SPENT', 'a spent budget'], ['MODEL_REVISION_CHANGED', 'another revision']] as const)('%s passes through: %s pauses nothing', async (code, _what) => {
  const signals: Signal[] = [];
  const inner = scriptedPolicy({ answer, fail: (_, call) => (call === 0 ? new FaultError(code, 'no') : undefined) });
  const policy = withPatience(inner, { clock: virtualClock(), observer: (signal) => { signals.push(signal); } });
  await expect(policy.sample(conformanceRequest())).rejects.toMatchObject({ code });
  expect((await policy.sample(conformanceRequest({ seed: 3 }))).samples[0]!.text).toBe('answer 3');
  expect(signals).toEqual([]);
});

test('a probe that is refused shows that the server is back: it is rejected, the others go on', async () => {
  const clock = virtualClock();
  const inner = scriptedPolicy({ answer, fail: (request, call) => (call < 2 ? away() : request.seed === 0 ? new FaultError('MODEL_REFUSED', '400') : undefined) });
  const policy = withPatience(inner, { clock });
  const replies = Promise.allSettled(many(2).map((request) => policy.sample(request)));
  await clock.advance(1000);
  const [first, second] = await replies;
  expect(first).toMatchObject({ status: 'rejected', reason: { code: 'MODEL_REFUSED' } });
  expect(second!.status).toBe('fulfilled');
});

test('cancelling a waiting request rejects it with the reason and leaves the rest', async () => {
  const { clock, policy } = setting(0, 20_000);
  const controller = new AbortController();
  const cancelled = expect(policy.sample(conformanceRequest({ seed: 1 }), controller.signal)).rejects.toThrow('drain');
  const stays = policy.sample(conformanceRequest({ seed: 2 }));
  await clock.advance(500);
  controller.abort(new Error('drain'));
  await cancelled;
  await clock.advance(60_000);
  expect((await stays).samples[0]!.text).toBe('answer 2');
});

test('when everybody has left, the next request finds out by itself', async () => {
  const { clock, signals, policy } = setting(0, 20_000);
  const controller = new AbortController();
  const cancelled = expect(policy.sample(conformanceRequest(), controller.signal)).rejects.toThrow('drain');
  await clock.advance(500);
  controller.abort(new Error('drain'));
  await cancelled;
  await clock.advance(30_000);
  expect(clock.sleeping).toBe(0);
  expect(signals.at(-1)!.kind).toBe('resumed');
  expect((await policy.sample(conformanceRequest({ seed: 4 }))).samples[0]!.text).toBe('answer 4');
});

test('waits as long as Retry-After says', async () => {
  const clock = virtualClock(), times: number[] = [];
  const inner = scriptedPolicy({ answer, fail: (_, call) => { times.push(clock.now()); return call < 2 ? new FaultError('MODEL_OVERLOADED', '503', { retryAfterMs: 90_000 }) : undefined; } });
  const reply = withPatience(inner, { clock }).sample(conformanceRequest());
  await clock.advance(200_000);
  await reply;
  expect(times).toEqual([0, 90_000, 180_000]);
});

test('a request that always fails while others are answered is refused and does not hold up the run', async () => {
  const clock = virtualClock(), signals: Signal[] = [];
  const inner = scriptedPolicy({ answer, clock, delayMs: 10, fail: (request) => (request.seed === 99 ? new FaultError('MODEL_SERVER_ERROR', 'POST http://host answered 500.') : undefined) });
  const policy = withPatience(inner, { clock, observer: (signal) => { signals.push(signal); } });
  let done = false;
  const others = (async () => { for (let seed = 100; !done; seed++) await policy.sample(conformanceRequest({ seed })); })();
  await clock.advance(5);
  const poison = policy.sample(conformanceRequest({ seed: 99 })).catch((error: unknown) => error as FaultError).finally(() => { done = true; });
  for (let second = 0; second < 60 && !done; second++) await clock.advance(1000);
  await clock.advance(100);
  await others;
  expect(await poison).toMatchObject({ code: 'MODEL_REFUSED', blame: 'record', message: 'POST http://host answered 500. It failed 5 times while the server was there.' });
  expect(signals.filter((signal) => signal.kind === 'paused')).toEqual([]);
});

const broken = () => new FaultError('MODEL_SERVER_ERROR', 'POST http://host answered 500.');
/** How each request ended: `answered`, a code, or `waits`. */
function endsOf(policy: { sample: ReturnType<typeof scriptedPolicy>['sample'] }, ids: readonly string[]) {
  const ends: Record<string, string> = Object.fromEntries(ids.map((id) => [id, 'waits']));
  for (const id of ids) policy.sample(conformanceRequest({ id })).then(() => { ends[id] = 'answered'; }, (error: unknown) => { ends[id] = (error as FaultError).code; });
  return ends;
}
const good = Array.from({ length: 40 }, (_, i) => `good${i}`);
const allGood = Object.fromEntries(good.map((id) => [id, 'answered']));

test('a failed probe goes to the end of the queue: the next one that waits probes', async () => {
  const clock = virtualClock(), probes: string[] = [];
  const inner = scriptedPolicy({ answer, clock, fail: ({ id }) => { if (clock.now() > 0) probes.push(id); return away(); } });
  endsOf(withPatience({ ...inner, describe: async () => { throw away(); } }, { clock }), ['a', 'b', 'c']);
  await clock.advance(20_000);
  expect(probes).toEqual(['a', 'b', 'c', 'a']);
});

test.each([['with retries', 6, 'MODEL_SERVER_ERROR'], ['without retries', 1, 'MODEL_SERVER_ERROR'], ['by a closed connection', 6, 'MODEL_UNREACHABLE']] as const)('a prompt that takes the server down is refused alone, the others are answered: %s', async (_how, attemptsMax, code) => {
  const clock = virtualClock();
  let downUntil = -1;
  const isDown = () => clock.now() < downUntil;
  const inner = scriptedPolicy({ answer, clock, delayMs: 100, fail: ({ id }) => {
    if (isDown()) return away();
    if (id !== 'poison') return undefined;
    downUntil = clock.now() + 20_000; // until its supervisor has started it again
    return new FaultError(code, 'POST http://host failed: the server closed the connection.');
  } });
  const server = { ...inner, describe: async () => { if (isDown()) throw away(); return inner.describe(); } };
  const ends = endsOf(composePolicy(server, { inFlightMax: 4, attemptsMax, giveUpAfterMs: 1_800_000, clock }), ['poison', ...good]);
  await clock.advance(1_700_000);
  expect(ends).toEqual({ poison: 'MODEL_REFUSED', ...allGood });
});

test('a request that fails alone is refused when the server says who it is each time; the next request is answered', async () => {
  const clock = virtualClock();
  const inner = scriptedPolicy({ answer, clock, fail: ({ id }) => (id === 'poison' ? broken() : undefined) });
  const policy = withPatience(inner, { clock });
  const refused = policy.sample(conformanceRequest({ id: 'poison' })).catch((error: unknown) => error as FaultError);
  await clock.advance(31_000);
  expect(await refused).toMatchObject({ code: 'MODEL_REFUSED', blame: 'record', message: 'POST http://host answered 500. It failed 5 times while the server was there.' });
  expect(inner.requests.map(({ id }) => id)).toEqual('poison poison witness poison witness poison witness poison witness poison'.split(' '));
  const ends = endsOf(policy, ['good']);
  await clock.advance(1000);
  expect(ends).toEqual({ good: 'answered' });
  expect(clock.sleeping).toBe(0);
});

test('two poison requests at the end of a run are both refused', async () => {
  const clock = virtualClock();
  const ends = endsOf(withPatience(scriptedPolicy({ answer, clock, fail: ({ id }) => (id === 'witness' ? undefined : broken()) }), { clock }), ['a', 'b']);
  await clock.advance(600_000);
  expect(ends).toEqual({ a: 'MODEL_REFUSED', b: 'MODEL_REFUSED' });
});

test('a server that answers a few words and no request costs a few requests at most, then it is an outage', async () => {
  const clock = virtualClock(), policy = withPatience(scriptedPolicy({ answer, clock, fail: ({ id }) => (id === 'witness' ? undefined : broken()) }), { clock, giveUpAfterMs: 600_000 });
  const ends: string[] = [];
  const oneByOne = (async () => { while (ends.at(-1) !== 'MODEL_SERVER_ERROR') ends.push(await policy.sample(conformanceRequest()).then(() => 'answered', (error: unknown) => (error as FaultError).code)); })();
  await clock.advance(hour);
  await oneByOne;
  expect(ends).toEqual([...Array.from({ length: 5 }, () => 'MODEL_REFUSED'), 'MODEL_SERVER_ERROR']);
});

test('many poison requests at the end of a run are all refused: one that was answered before is answered between them', async () => {
  const clock = virtualClock(), witnesses: SampleRequest[] = [];
  const inner = scriptedPolicy({ answer, clock, fail: (request) => { if (request.id === 'good') witnesses.push(request); return request.id === 'good' ? undefined : broken(); } });
  const policy = withPatience(inner, { clock, giveUpAfterMs: 60_000 });
  await policy.sample(conformanceRequest({ id: 'good', n: 3 }));
  const ids = Array.from({ length: 40 }, (_, i) => `poison${i}`), ends = endsOf(policy, ids);
  await clock.advance(hour);
  expect(ends).toEqual(Object.fromEntries(ids.map((id) => [id, 'MODEL_REFUSED'])));
  expect(witnesses.slice(1).length).toBeGreaterThan(0);
  expect(new Set(witnesses.slice(1).map(({ n }) => n))).toEqual(new Set([1]));
  expect(clock.sleeping).toBe(0);
});

test.each([['that answered once', true], ['that has answered nobody yet', false]] as const)('a server %s, and says who it is but answers nobody for an hour, loses no request', async (_which, once) => {
  const clock = virtualClock(), sent: string[] = [];
  const isBroken = () => clock.now() > 0 && clock.now() < hour;
  const inner = scriptedPolicy({ answer, clock, fail: ({ id }) => { if (isBroken()) sent.push(id); return isBroken() ? broken() : undefined; } });
  const policy = withPatience(inner, { clock, giveUpAfterMs: 2 * hour });
  if (once) await policy.sample(conformanceRequest({ id: 'before' }));
  await clock.advance(1);
  const ends = endsOf(policy, good);
  await clock.advance(hour - 2);
  expect(ends).toEqual(Object.fromEntries(good.map((id) => [id, 'waits'])));
  expect(sent.slice(good.length + 1).every((id) => id === (once ? 'before' : 'witness'))).toBe(true); // after the first probe only the witness is sent
  await clock.advance(40_000);
  expect(ends).toEqual(allGood);
});

test.each([['one request', 1], ['many requests', 30]])('errors of a server that does not say who it is are an outage: %s, nothing is refused', async (_what, count) => {
  const clock = virtualClock();
  let isAway = true;
  const inner = scriptedPolicy({ answer, clock, fail: () => (isAway ? broken() : undefined) });
  const server = { ...inner, sample: inner.sample, describe: async () => { if (isAway) throw broken(); return inner.describe(); } };
  const ids = Array.from({ length: count }, (_, i) => `r${i}`), all = (end: string) => Object.fromEntries(ids.map((id) => [id, end]));
  const [outlives, givesUp] = [hour, 600_000].map((giveUpAfterMs) => endsOf(withPatience(server, { clock, giveUpAfterMs }), ids));
  await clock.advance(599_999);
  expect([outlives, givesUp]).toEqual([all('waits'), all('waits')]);
  await clock.advance(1);
  expect([outlives, givesUp]).toEqual([all('waits'), all('MODEL_SERVER_ERROR')]);
  await clock.advance(1_800_000);
  isAway = false;
  await clock.advance(30_000);
  expect(outlives).toEqual(all('answered'));
});
