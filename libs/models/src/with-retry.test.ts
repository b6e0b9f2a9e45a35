import { FaultError } from '@slowthink/faults';
import { expect, test } from 'vitest';
import { conformanceRequest } from './conformance.ts';
import { scriptedPolicy } from './scripted.ts';
import { virtualClock } from './virtual-clock.ts';
import { withRetry } from './with-retry.ts';

const answer = () => ({ text: 'yes' });

test('asks again until the server answers, and reports each retry', async () => {
  const clock = virtualClock(), retried: string[] = [];
  const inner = scriptedPolicy({ answer, fail: (_, call) => (call < 3 ? new FaultError('MODEL_SERVER_ERROR', `500, call ${call}`) : undefined) });
  const reply = withRetry(inner, { clock, observer: (signal) => { if (signal.kind === 'request') retried.push(signal.change); } }).sample(conformanceRequest());
  await clock.advance(60_000);
  expect((await reply).samples[0]!.text).toBe('yes');
  expect(inner.calls).toBe(4);
  expect(retried).toEqual(['retried', 'retried', 'retried']);
});

test('gives up after attemptsMax with the last fault and a sentence for each attempt', async () => {
  const clock = virtualClock();
  const inner = scriptedPolicy({ answer, fail: (_, call) => new FaultError('MODEL_OVERLOADED', `429, call ${call}`) });
  const fault = withRetry(inner, { clock, attemptsMax: 3 }).sample(conformanceRequest()).catch((error: unknown) => error as FaultError);
  await clock.advance(60_000);
  const { code, message, attempts } = (await fault) as FaultError;
  expect({ code, message, attempts }).toEqual({ code: 'MODEL_OVERLOADED', message: '429, call 2', attempts: ['MODEL_OVERLOADED 429, call 0', 'MODEL_OVERLOADED 429, call 1', 'MODEL_OVERLOADED 429, call 2'] });
});

test.each(['MODEL_REFUSED', 'MODEL_CONTEXT_EXCEEDED', 'MODEL_UNAUTHORIZED', 'MODEL_NOT_FOUND', 'MODEL_BUDGET_SPENT', 'MODEL_REVISION_CHANGED'] as const)('does not ask again after %s', async (code) => {
  const inner = scriptedPolicy({ answer, fail: () => new FaultError(code, 'no') });
  await expect(withRetry(inner, { clock: virtualClock() }).sample(conformanceRequest())).rejects.toMatchObject({ code });
  expect(inner.calls).toBe(1);
});

test('waits at least as long as the server asks, and the same time for the same request', async () => {
  const timesOf = async (id: string, retryAfterMs?: number) => {
    const clock = virtualClock(), times: number[] = [];
    const inner = scriptedPolicy({ answer, fail: (_, call) => { times.push(clock.now()); return call < 2 ? new FaultError('MODEL_OVERLOADED', '429', retryAfterMs === undefined ? {} : { retryAfterMs }) : undefined; } });
    const reply = withRetry(inner, { clock, backoffMs: 1000 }).sample(conformanceRequest({ id }));
    await clock.advance(100_000);
    await reply;
    return times;
  };
  expect(await timesOf('a', 20_000)).toEqual([0, 20_000, 40_000]);
  const [, first, second] = await timesOf('a');
  expect(first).toBeGreaterThanOrEqual(500);
  expect(first).toBeLessThanOrEqual(1000);
  expect(second! - first!).toBeGreaterThanOrEqual(1000);
  expect(second! - first!).toBeLessThanOrEqual(2000);
  expect(await timesOf('a')).toEqual([0, first, second]);
  expect(await timesOf('b')).not.toEqual([0, first, second]);
});

test('stops waiting when it is cancelled', async () => {
  const controller = new AbortController(), clock = virtualClock();
  const inner = scriptedPolicy({ answer, fail: () => new FaultError('MODEL_TIMEOUT', 'late') });
  const reply = withRetry(inner, { clock }).sample(conformanceRequest(), controller.signal);
  const rejected = expect(reply).rejects.toThrow('enough');
  await clock.advance(1);
  controller.abort(new Error('enough'));
  await rejected;
  expect(clock.sleeping).toBe(0);
});
