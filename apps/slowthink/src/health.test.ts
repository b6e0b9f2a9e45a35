// A process with --listen says from outside whether it lives, works, and what it has done: asked over HTTP from its start to its end, in numbers that are those of its ledgers.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Broker } from '@slowthink/broker';
import { openSqliteBroker } from '@slowthink/broker-sqlite';
import { readLag } from '@slowthink/runtime';
import { addLedgers } from '@slowthink/stream';
import { metricTable } from '@slowthink/telemetry';
import { readExposition, type Exposition } from '@slowthink/telemetry/conformance';
import { flows } from '@slowthink/wiring';
import { afterAll, describe, expect, it } from 'vitest';
import { Workplace, noRetries, questionLines, smallRun, stageProgram, summaryOf, type Running, type Summary } from './testing/command-line.ts';
import { door, ok, serverOf, type Behaviour } from './testing/model-server.ts';

const place = new Workplace();
place.write('cases.jsonl', questionLines(3));
afterAll(() => place.close());

interface Ready { readonly ready: boolean; readonly state: string; readonly waitsFor: readonly { readonly of: string; readonly code?: string }[]; readonly stages: readonly { readonly name: string; readonly lifecycle: string; readonly treesOpen: number }[] }

const openTrees = async (broker: Broker): Promise<number> => addLedgers((await broker.progress()).map(({ ledger }) => ledger)).open;
const gone: Behaviour = (_asked, response) => response.destroy();

/** The pages of a process that listens. */
async function pagesOf(running: Running) {
  const url = await running.says(/http:\/\/127\.0\.0\.1:\d+(?=\/livez, \/readyz, \/metrics\.)/);
  const alive = async (): Promise<number> => (await fetch(`${url}/livez`)).status;
  const ready = async (): Promise<Ready & { readonly status: number }> => { const answer = await fetch(`${url}/readyz`); return { status: answer.status, ...await answer.json() as Ready }; };
  const metrics = async (): Promise<Exposition> => readExposition(await (await fetch(`${url}/metrics`)).text());
  const until = async <Page>(page: () => Promise<Page>, holds: (page: Page) => boolean): Promise<Page> => { for (;;) { const now = await page(); if (holds(now)) return now; await new Promise((resolve) => setTimeout(resolve, 20)); } };
  return { url, alive, ready, metrics, until };
}

describe.concurrent('a process that listens', () => {
  it('tells when it starts, works, waits and goes on; what it counts is what its ledgers count', async (context) => {
    const server = await serverOf(context);
    const [listing, answering, listed] = [door(), door(), server.models];
    Object.assign(server, { models: listing.behaviour, answer: answering.behaviour });
    const running = place.start(smallRun(server.policy, 'watched', '--questions', 'cases.jsonl', '--trees', '2', '--follow', '--listen', '0', '--price-input', '2', '--price-output', '10'), noRetries);
    const { alive, ready, metrics, until } = await pagesOf(running);
    expect(await ready()).toMatchObject({ status: 503, ready: false, state: 'starting', waitsFor: [{ of: 'start' }], stages: [] });
    expect([await alive(), (await metrics()).value('slowthink_ready')]).toEqual([200, 0]);

    listing.open(listed);
    const working = await until(ready, ({ status, stages }) => status === 200 && stages.reduce((sum, { treesOpen }) => sum + treesOpen, 0) === 2);
    expect(working).toMatchObject({ status: 200, ready: true, state: 'running', waitsFor: [] });
    expect(working.stages.map(({ name, lifecycle }) => [name, lifecycle])).toEqual(flows.run.stages.map(({ name }) => [name, 'running']));
    const held = await until(metrics, ({ value }) => value('slowthink_requests_in_flight') > 0 && value('slowthink_requests_in_flight') === server.completions.length);
    expect([held.value('slowthink_ready'), held.value('slowthink_trees_open'), held.value('slowthink_requests_total', { outcome: 'answered' })]).toEqual([1, 2, 0]);
    expect([held.value('slowthink_lag_records', { stage: 'expand', topic: 'questions' }) > 0, held.value('slowthink_lag_records', { stage: 'label', topic: 'trees' })]).toEqual([true, 0]); // two credits, three questions

    answering.open(gone);
    const paused = await until(ready, ({ state }) => state === 'paused');
    expect(paused).toMatchObject({ status: 503, ready: false, waitsFor: [{ of: 'policy', code: 'MODEL_UNREACHABLE' }] });
    expect(JSON.stringify(paused)).not.toContain(String(server.port)); // nobody learns where the model is
    const waiting = await metrics();
    expect([await alive(), waiting.value('slowthink_paused', { of: 'policy' }), waiting.value('slowthink_paused', { of: 'log' }), waiting.value('slowthink_ready')]).toEqual([200, 1, 0, 0]);

    answering.open(ok);
    await until(ready, ({ status }) => status === 200);
    const broker = await openSqliteBroker({ dir: place.path('watched'), mode: 'read' });
    const unread = async (): Promise<number> => (await readLag(broker, flows.run.stages)).reduce((sum, { lag }) => sum + lag, await openTrees(broker));
    await until(unread, (records) => records === 0);
    const committed = addLedgers((await broker.progress()).filter(({ stage }) => stage !== 'import').map(({ ledger }) => ledger)).ok;
    await broker.close();
    const last = await until(metrics, ({ value }) => flows.run.stages.reduce((sum, { name: stage }) => sum + value('slowthink_records_total', { stage, outcome: 'ok' }), 0) === committed);
    running.kill('SIGTERM');
    const ended = await running.ended;
    expect(ended.code, ended.stderr).toBe(0);

    const summary = summaryOf(ended);
    const { value } = last;
    expect([value('slowthink_requests_total', { outcome: 'answered' }), value('slowthink_samples_total'), value('slowthink_tokens_total', { kind: 'prompt' }), value('slowthink_tokens_total', { kind: 'completion' })]).toEqual([summary.requests, summary.samples, summary.promptTokens, summary.completionTokens]);
    expect(value('slowthink_requests_total', { outcome: 'failed' })).toBeGreaterThan(0); // the ones that nobody answered
    expect(summary.requests + value('slowthink_requests_total', { outcome: 'failed' })).toBeLessThanOrEqual(server.completions.length); // a kept connection that breaks is replaced without a fault
    expect([summary.cost, value('slowthink_cost_total')]).toEqual([(summary.promptTokens * 2 + summary.completionTokens * 10) / 1e6, expect.closeTo(summary.cost!, 9)]);
    const counted = Object.keys(summary.stages).map((stage) => [stage, ...['ok', 'failed', 'dropped'].map((outcome) => value('slowthink_records_total', { stage, outcome }))]);
    expect(counted).toEqual(Object.entries(summary.stages).map(([stage, ledger]) => [stage, ledger.ok, ledger.failed, ledger.dropped]));
    expect(counted).toHaveLength(4);
    expect([value('slowthink_trees_closed_total', { outcome: 'ok' }), value('slowthink_trees_open'), value('slowthink_requests_in_flight'), value('slowthink_request_seconds_count')]).toEqual([3, 0, 0, summary.requests]);
    const sealed = JSON.parse((await place.run(['seal', '--dir', 'watched', '--json'])).stdout) as Pick<Summary, 'rows'>;
    expect(sealed.rows['prm']).toBeGreaterThan(0);
    expect(Object.entries(sealed.rows).filter(([, rows]) => rows > 0)).toEqual([...last.values].flatMap(([series, rows]) => { const table = /^slowthink_rows_total\{table="(\w+)"\}$/.exec(series)?.[1]; return table === undefined ? [] : [[table, rows]]; }).sort());

    const named = new Set([...readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8').matchAll(/\b(?:slowthink|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name.replace(/_bucket$/, '')));
    expect([...named].filter((name) => !last.types.has(name))).toEqual([]);
    expect(Object.keys(metricTable).filter((name) => !named.has(name) || !last.types.has(name))).toEqual([]);
  });

  it('is a curriculum too, and says that it drains', async (context) => {
    const server = await serverOf(context);
    const answering = door();
    server.answer = answering.behaviour;
    const running = place.start(['curriculum', '--questions', 'cases.jsonl', '--policy', server.policy, '--dir', 'chosen', '--partitions', '2', '--listen', '0', '--price-output', '10', '--json'], noRetries);
    const { url, alive, ready, metrics, until } = await pagesOf(running);
    expect(await until(ready, ({ status }) => status === 200)).toMatchObject({ stages: [{ name: 'probe', lifecycle: 'running' }] });
    const { value } = await until(metrics, (page) => page.value('slowthink_requests_in_flight') === 3);
    expect([value('slowthink_records_total', { stage: 'probe', outcome: 'ok' }), value('slowthink_cost_total')]).toEqual([0, 0]);
    running.kill('SIGTERM');
    expect(await until(ready, ({ state }) => state === 'draining')).toMatchObject({ status: 503, ready: false, waitsFor: [{ of: 'end' }] });
    expect(await alive()).toBe(200);
    answering.open(ok);
    const ended = await running.ended;
    expect(ended.code, ended.stderr).toBe(0);
    const { cost, completionTokens } = JSON.parse(ended.stdout) as { readonly cost: number; readonly completionTokens: number };
    expect(cost).toBe(completionTokens * 10 / 1e6);
    expect(cost).toBeGreaterThan(0);
    await expect(fetch(`${url}/livez`)).rejects.toThrow(); // the port went with the process
  });

  it('ends before it asks or writes anything where the port is taken', async (context) => {
    const server = await serverOf(context);
    let asked = 0;
    const { models } = server;
    server.models = (request, response) => { asked++; models(request, response); };
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => { other.once('listening', resolve); });
    context.onTestFinished(() => { other.close(); });
    const { port } = other.address() as AddressInfo;
    const taken = await place.run(smallRun(server.policy, 'taken', '--questions', 'cases.jsonl', '--listen', String(port)));
    expect(taken, taken.stderr).toMatchObject({ code: 3, stdout: '', stderr: `PORT_UNAVAILABLE --listen 127.0.0.1:${port} is taken by another program. Give another address with --listen, or stop the program that has the port; --listen 0 takes a free one and says which.\n` });
    expect([asked, server.completions.length, existsSync(place.path('taken'))]).toEqual([0, 0, false]);
  });
});

describe('a stage alone that listens', () => {
  it.each<readonly [string, readonly string[], string | undefined]>([
    ['by its own program', ['--dir', 'watched'], stageProgram('label')], ['by the command', ['run', 'label', '--dir', 'watched', '--json'], undefined],
  ])('shows itself, and neither another stage nor what a process before it did, %s', async (_how, args, program) => {
    const running = place.start([...args, '--follow', '--listen', '0'], {}, program);
    const { ready, metrics, until } = await pagesOf(running);
    expect(await until(ready, ({ status }) => status === 200)).toMatchObject({ stages: [{ name: 'label', lifecycle: 'running' }] });
    const { values } = await metrics();
    const ofStages = [...values].filter(([series]) => series.includes('stage="'));
    expect(ofStages.filter(([series, count]) => !series.includes('stage="label"') || count !== 0)).toEqual([]); // three trees were labelled before
    expect(ofStages.map(([series]) => series)).toEqual(expect.arrayContaining(['slowthink_lag_records{stage="label",topic="trees"}', 'slowthink_records_total{outcome="ok",stage="label"}']));
    running.kill('SIGTERM');
    const ended = await running.ended;
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stdout).toContain('"label":{"in":3,"ok":3');
  });
});
