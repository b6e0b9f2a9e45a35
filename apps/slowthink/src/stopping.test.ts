// Ctrl-C drains and exits 0; a second one stops at once with 130; kill -9 is survived too. Each time the same command goes on and comes to the bytes of an undisturbed run.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace, questionLines, sealedFiles, smallRun, summaryOf, type Ended, type Running } from './testing/command-line.ts';
import { after, first, never, ok, serverOf, startModelServer, type ModelServer } from './testing/model-server.ts';

const place = new Workplace();
const count = 6;
let undisturbed: ReturnType<typeof sealedFiles>;
let requests: number;

beforeAll(async () => {
  place.write('cases.jsonl', questionLines(count));
  const quiet = await startModelServer();
  const ended = await place.run(smallRun(quiet.policy, 'quiet', '--questions', 'cases.jsonl'));
  await quiet.close();
  undisturbed = sealedFiles(place.path('quiet/dataset'));
  requests = summaryOf(ended).requests;
});
afterAll(() => place.close());

const start = (server: ModelServer, dir: string, ...more: readonly string[]): Running => place.start(smallRun(server.policy, dir, '--questions', 'cases.jsonl', ...more));
const asked = async (server: ModelServer, least: number): Promise<void> => { while (server.completions.length < least) await new Promise((resolve) => setTimeout(resolve, 5)); };

async function goesOn(server: ModelServer, dir: string): Promise<Ended> {
  server.answer = ok;
  const ended = await place.run(smallRun(server.policy, dir, '--questions', 'cases.jsonl'));
  expect(ended.code).toBe(0);
  expect(summaryOf(ended).stages['expand']).toEqual({ in: count, ok: count, failed: 0, dropped: 0, open: 0 });
  expect(sealedFiles(place.path(dir, 'dataset'))).toEqual(undisturbed);
  return ended;
}

describe.concurrent('Ctrl-C', () => {
  it('drains: what is in flight is finished and committed, exit 0; the next run asks nothing again', async (context) => {
    const server = await serverOf(context);
    server.answer = after(25, ok);
    const running = start(server, 'drained', '--in-flight', '4');
    await asked(server, 12);
    running.kill('SIGINT');
    const ended = await running.ended;
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('SIGINT: draining. Calls in flight are finished and committed; a second Ctrl-C stops at once. The same command goes on later.');
    const summary = summaryOf(ended);
    expect(summary).toMatchObject({ drained: true, dataset: null });
    expect(summary.stages['expand']!.open).toBeGreaterThan(0);
    for (const ledger of Object.values(summary.stages)) expect(ledger.in).toBe(ledger.ok + ledger.failed + ledger.dropped + (ledger.open ?? 0));
    const rest = await goesOn(server, 'drained');
    expect(summary.requests + summaryOf(rest).requests).toBe(requests);
  });

  it('says how to go on where no JSON is asked for, and SIGTERM is the same', async (context) => {
    const server = await serverOf(context);
    server.answer = after(25, ok);
    const running = place.start(smallRun(server.policy, 'told', '--questions', 'cases.jsonl', '--in-flight', '2').filter((word) => word !== '--json'));
    await asked(server, 4);
    running.kill('SIGTERM');
    const { code, stdout, stderr } = await running.ended;
    expect(stderr).toContain('SIGTERM: draining.');
    expect(code).toBe(0);
    expect(stdout).toContain('Stopped before the end; nothing is lost. The same command goes on.');
    expect(stdout).toMatch(/^ {2}expand +6 +\d/m);
  });

  it('twice stops at once with exit 130, and nothing is lost', async (context) => {
    const server = await serverOf(context);
    server.answer = first(12, ok, never);
    const running = start(server, 'twice');
    await asked(server, 14);
    running.kill('SIGINT');
    await running.says('SIGINT: draining');
    running.kill('SIGINT');
    const ended = await running.ended;
    expect(ended).toMatchObject({ code: 130, stdout: '' });
    expect(ended.stderr).toContain('Stopped at once by a second SIGINT. What was not committed will be asked again.');
    await goesOn(server, 'twice');
  });

  it('cuts calls that outlast the drain, exits 0, and asks them again later', async (context) => {
    const server = await serverOf(context);
    server.answer = first(12, ok, never);
    const running = start(server, 'slow', '--drain', '300ms');
    await asked(server, 14);
    running.kill('SIGINT');
    const ended = await running.ended;
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('The drain took longer than 300 ms: calls in flight are cut, their records stay unsettled and will be asked again.');
    expect(summaryOf(ended).drained).toBe(true);
    await goesOn(server, 'slow');
  });

  it('ends a run that still waits for the server\'s first word', async (context) => {
    const server = await serverOf(context);
    server.models = never;
    const running = start(server, 'early');
    await running.says('cases.jsonl: 6 questions');
    await new Promise((resolve) => setTimeout(resolve, 100));
    running.kill('SIGINT');
    const ended = await running.ended;
    expect(ended.code).toBe(0);
    expect(summaryOf(ended)).toMatchObject({ stages: {}, drained: true, dataset: null });
    server.models = (_request, response) => { response.end(JSON.stringify({ data: [{ id: 'hash', owned_by: 'somebody', meta: { weights: 1 } }] })); };
    await goesOn(server, 'early');
  });

  it('ends a run that is paused for a server that is away', async (context) => {
    const server = await serverOf(context);
    server.answer = first(12, ok, (_request, response) => response.destroy());
    const running = place.start(smallRun(server.policy, 'paused', '--questions', 'cases.jsonl', '--drain', '300ms'), { SLOWTHINK_MODELS_RETRIES: '0' });
    await running.says('Paused: MODEL_UNREACHABLE');
    running.kill('SIGINT');
    const ended = await running.ended;
    expect(ended.code).toBe(0);
    expect(summaryOf(ended).drained).toBe(true);
    await goesOn(server, 'paused');
  });
});

describe.concurrent('a process that is killed', () => {
  it('loses nothing and doubles nothing', async (context) => {
    const server = await serverOf(context);
    server.answer = after(10, ok);
    for (const least of [6, 20]) {
      const running = start(server, 'killed', '--in-flight', '4');
      await asked(server, least);
      running.kill('SIGKILL');
      expect((await running.ended).code).toBe(null);
    }
    await goesOn(server, 'killed');
  });

  it('of several budgets in turn comes to the same bytes', async (context) => {
    const server = await serverOf(context);
    const ended = await start(server, 'budget', '--budget-tokens', '1000').ended;
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('MODEL_BUDGET_SPENT The budget of 1000 tokens is used up.');
    expect(summaryOf(ended).drained).toBe(true);
    await goesOn(server, 'budget');
  });
});
