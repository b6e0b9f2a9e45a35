// A model server that misbehaves, over real HTTP and through the whole stream: what another try cures changes no byte; what is always wrong with one question costs that question alone; an hour without a server costs an hour.
import type { FaultError } from '@slowthink/faults';
import { virtualClock, type VirtualClock } from '@slowthink/models';
import type { ExpansionEvent, TreeRecord } from '@slowthink/records';
import type { Signal } from '@slowthink/stream';
import { exitCodeOf } from '@slowthink/wiring';
import { beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { choices, drawn, drip, dripForEver, errorInside, hangUp, longText, otherJson, padded, reset } from './testing/misbehaviours.ts';
import { garbage, halfJson, never, ok, serverOf, startModelServer, status, where, type Behaviour, type ModelServer } from './testing/model-server.ts';
import { hurried, ServedStream, servedRun, type ServedOptions, type Written } from './testing/served-stream.ts';

let quiet: Written;
beforeAll(async () => {
  const server = await startModelServer();
  quiet = await servedRun(server);
  await server.close();
  expect(quiet.files.map(({ file }) => file)).toEqual(['prm/train-00000-of-00001.parquet', 'sft/train-00000-of-00001.parquet']);
  expect([quiet.trees.length, quiet.faults]).toEqual([4, []]);
});

describe.concurrent('what another try cures changes no byte', () => {
  const often = { seed: 1, share: 1 / 3, tries: 1 }, seldom = { seed: 2, share: 1 / 12, tries: 1 };
  it.for<readonly [string, Behaviour, typeof often, ServedOptions?]>([
    ['429', status(429, 'Slow down.'), often],
    ['503 with Retry-After, a date', status(503, 'Loading model', { 'retry-after': new Date(Date.now() + 2000).toUTCString() }), often],
    ['500', status(500, 'CUDA error'), often],
    ['500 four times in a row', status(500, 'CUDA error'), { ...often, tries: 4 }],
    ['502 of a proxy', (_asked, response) => { response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>'); }, often],
    ['a hang', never, seldom, { timeoutMs: 300 }],
    ['an answer that drips', drip, often],
    ['an answer that drips for ever', dripForEver, seldom, { timeoutMs: 300 }],
    ['a connection that is closed, twice', hangUp, { ...often, tries: 2 }], // the first is taken for one that idled too long
    ['a reset in the middle of the body', reset, often],
    ['half a JSON', halfJson, often],
    ['another page', garbage, often],
    ['JSON of another shape', otherJson, often],
    ['nothing', (_asked, response) => { response.end(); }, often],
    ['no choice', choices(() => 0), often],
    ['a choice fewer', choices((n) => n - 1), often],
    ['one choice whatever n is', choices(() => 1), often],
    ['three choices more', choices((n) => n + 3), often],
    ['200 with an error inside', errorInside(500, 'out of memory'), often],
    ['200 with an overload inside', errorInside(503, 'queue full'), often],
    ['10 MB around the answer', padded, seldom],
    ['a text of 10 MB', longText, seldom],
  ])('%s', async ([, bad, draw, options], context) => {
    const server = await serverOf(context);
    const answer = drawn(draw, bad);
    server.answer = answer;
    expect(await servedRun(server, options)).toEqual(quiet);
    expect(answer.times()).toBeGreaterThan(1);
  });

  it('429 is asked again no sooner than Retry-After says', async (context) => {
    const server = await serverOf(context), waits: number[] = [];
    server.answer = drawn(often, status(429, 'Slow down.', { 'retry-after': '45' }));
    await servedRun(server, { clock: { ...hurried, sleep: (ms, signal) => { if (ms < 60_000) waits.push(ms); return hurried.sleep(ms, signal); } } });
    expect(new Set(waits)).toEqual(new Set([45_000]));
  });
});

describe.concurrent('what is always wrong with one question costs that question alone, whatever the concurrency', () => {
  const inRollouts = (bad: Behaviour) => where('Complete the steps', bad, ok);
  it.for<readonly [string, Behaviour, string, ServedOptions?]>([
    ['a refusal (400)', status(400, 'this prompt is not allowed'), 'MODEL_REFUSED expand'],
    ['a prompt above the context (400)', status(400, 'the request exceeds the available context size (n_ctx 64)'), 'MODEL_CONTEXT_EXCEEDED expand'],
    ['429 for a request that never fits', status(429, 'Request too large for hash on tokens per min (TPM): Limit 30000, Requested 36071.'), 'MODEL_REFUSED expand'],
    ['200 with a refusal inside', errorInside(400, 'this prompt is not allowed'), 'MODEL_REFUSED expand'],
    ['no choice', choices(() => 0), 'MODEL_REFUSED expand'],
    ['no choice in rollouts', inRollouts(choices(() => 0)), 'MODEL_REFUSED rollout'],
    ['500', status(500, 'CUDA error'), 'MODEL_REFUSED expand'],
    ['half a JSON', halfJson, 'MODEL_REFUSED expand'],
    ['a connection that is closed', hangUp, 'MODEL_REFUSED expand'],
    ['an answer that drips for ever', dripForEver, 'MODEL_REFUSED expand', { timeoutMs: 150 }],
    ['a text of 10 MB', longText, 'MODEL_REFUSED expand'],
  ])('%s', async ([, bad, blamed, options], context) => {
    const server = await serverOf(context);
    server.answer = where('Question 2:', bad, ok);
    const [one, many] = await Promise.all([1, 16].map((requests) => servedRun(server, { attemptsMax: 2, requests, ...options }))) as [Written, Written];
    const places = ({ faults }: Written) => faults.map(({ code, stage, key, place, original }) => [code, stage, key, stage === 'rollout' ? (JSON.parse(original!.text) as ExpansionEvent).nodeId : place].join(' ')).sort();
    const others = ({ trees }: Written) => trees.filter((text) => (JSON.parse(text) as TreeRecord).questionId !== 'made/train/2');
    expect(places(one).filter((place) => !place.startsWith(`${blamed} made/train/2 `))).toEqual([]);
    expect(places(one)).not.toEqual([]);
    expect(places(many)).toEqual(places(one));
    expect({ ...many, faults: [] }).toEqual({ ...one, faults: [] }); // the tree of the question too, and the sealed data set
    expect(others(one)).toEqual(others(quiet));
    expect(others(one)).toHaveLength(3);
  });
});

describe.concurrent('a server that answers nobody for an hour', () => {
  const hour = 3_600_000;
  type Lost = { readonly server: ModelServer; readonly stream: ServedStream; readonly clock: VirtualClock; readonly signals: readonly Signal[]; readonly over: Promise<unknown> };

  /** A run whose server breaks after some good answers; `over` is true, or what ended the run. */
  async function lost(context: Pick<TestContext, 'onTestFinished'>, broken: Behaviour | undefined, giveUpAfterMs: number, good = 8): Promise<Lost> {
    const server = await serverOf(context), stream = await ServedStream.open(), clock = virtualClock(), signals: Signal[] = [];
    context.onTestFinished(() => stream.close());
    const away: Behaviour = () => { void server.close(); };
    server.answer = (asked, response) => (server.completions.length <= good ? ok : broken ?? away)(asked, response);
    const over = stream.run(server, { clock, giveUpAfterMs, observer: (signal) => { signals.push(signal); } }).then(() => true, (error: unknown) => error);
    return { server, stream, clock, signals, over };
  }
  /** Moves the clock on, and lets the network do its work, until a moment or until the run is over. */
  async function pass({ clock, over }: Lost, untilMs: number): Promise<void> {
    let isOver = false;
    void over.then(() => { isOver = true; });
    while (clock.now() < untilMs && !isOver) {
      await clock.advance(5000);
      await new Promise((resolve) => { setTimeout(resolve, 1); });
    }
  }

  it.for<readonly [string, Behaviour?]>([['away'], ['500, though it says who it is', status(500, 'CUDA error')]])('loses no question: the run goes on by itself (%s)', async ([, broken], context) => {
    const run = await lost(context, broken, 2 * hour);
    await pass(run, hour);
    if (broken === undefined) { const back = await startModelServer(run.server.port); context.onTestFinished(() => back.close()); } else run.server.answer = ok;
    await pass(run, Infinity);
    expect(await run.over).toBe(true);
    expect(await run.stream.written()).toEqual(quiet);
    expect(run.signals.filter(({ kind }) => kind === 'fault')).toEqual([]);
    expect(run.signals.flatMap((signal) => (signal.kind === 'resumed' ? [signal.afterMs] : [])).at(-1)).toBeGreaterThan(hour / 2);
  });

  it.for<readonly [string, string, Behaviour?, number?]>([
    ['away', 'MODEL_UNREACHABLE'], ['404', 'MODEL_NOT_FOUND', status(404, 'no such model')], ['429', 'MODEL_OVERLOADED', status(429, 'Slow down.')], ['500', 'MODEL_SERVER_ERROR', status(500, 'CUDA error')], ['500 from the first request on', 'MODEL_SERVER_ERROR', status(500, 'CUDA error'), 0],
    ['another page', 'MODEL_REPLY_INVALID', garbage], ['half a JSON', 'MODEL_REPLY_INVALID', halfJson], ['no choice', 'MODEL_REPLY_INVALID', choices(() => 0)],
  ])('ends the run with exit 3 after half of it, and the next run goes on where it stopped (%s)', async ([, code, broken, good], context) => {
    const run = await lost(context, broken, hour / 2, good);
    await pass(run, hour);
    const fault = await run.over as FaultError;
    expect([fault.code, exitCodeOf(fault)]).toEqual([code, 3]);
    expect(fault.message).toMatch(/ Waited 1800 s for the server; \d+ requests? waits?\.$/);
    expect(run.signals.filter(({ kind }) => kind === 'fault')).toEqual([]);
    await run.stream.run(await serverOf(context));
    expect(await run.stream.written()).toEqual(quiet);
  });
});
