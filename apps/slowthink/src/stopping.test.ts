// Ctrl-C drains and exits 0; a second one stops at once with 130; kill -9 is survived too. Each time the same command goes on and comes to the bytes of an undisturbed run.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Workplace, noRetries, questionLines, sealedFiles, smallRun, summaryOf, type Ended, type Running } from './testing/command-line.ts';
import { after, first, never, ok, startModelServer, type ModelServer } from './testing/model-server.ts';

const place = new Workplace();
const count = 8;
let undisturbed: ReturnType<typeof sealedFiles>;
let requests: number;
let server: ModelServer;

beforeAll(async () => {
  place.write('cases.jsonl', questionLines(count));
  const quiet = await startModelServer();
  const ended = await place.run(smallRun(quiet.policy, 'quiet', '--questions', 'cases.jsonl'));
  await quiet.close();
  undisturbed = sealedFiles(place.path('quiet/dataset'));
  requests = summaryOf(ended).requests;
});
beforeEach(async () => { server = await startModelServer(); });
afterEach(() => server.close());
afterAll(() => place.close());

const start = (dir: string, ...more: readonly string[]): Running => place.start(smallRun(server.policy, dir, '--questions', 'cases.jsonl', ...more), noRetries);
const asked = async (least: number): Promise<void> => { while (server.completions.length < least) await new Promise((resolve) => setTimeout(resolve, 5)); };

async function goesOn(dir: string): Promise<Ended> {
  const ended = await place.run(smallRun(server.policy, dir, '--questions', 'cases.jsonl'));
  expect(ended.code, ended.stderr).toBe(0);
  expect(summaryOf(ended).stages['expand']).toEqual({ in: count, ok: count, failed: 0, dropped: 0, open: 0 });
  expect(sealedFiles(place.path(dir, 'dataset'))).toEqual(undisturbed);
  return ended;
}

describe('Ctrl-C', () => {
  it('drains: what is in flight is finished and committed, exit 0; the next run asks nothing again', async () => {
    server.answer = after(25, ok);
    const running = start('drained', '--in-flight', '4');
    await asked(12);
    running.kill('SIGINT');
    const ended = await running.ended;
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('SIGINT: draining. Calls in flight are finished and committed; a second Ctrl-C stops at once. The same command goes on later.');
    const summary = summaryOf(ended);
    expect(summary).toMatchObject({ drained: true, dataset: null });
    expect(summary.stages['expand']!.open).toBeGreaterThan(0);
    for (const ledger of Object.values(summary.stages)) expect(ledger.in).toBe(ledger.ok + ledger.failed + ledger.dropped + (ledger.open ?? 0));
    server.answer = ok;
    const rest = await goesOn('drained');
    expect(summary.requests + summaryOf(rest).requests).toBe(requests);
  });
});

describe('one folder that is stopped in every way, one after the other', () => {
  it('ends with exit 0 while it waits for the server\'s first word', async () => {
    server.models = never;
    const running = start('often');
    await running.says(`cases.jsonl: ${count} questions`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    running.kill('SIGINT');
    const ended = await running.ended;
    expect(ended.code, ended.stderr).toBe(0);
    expect(summaryOf(ended)).toMatchObject({ stages: {}, drained: true, dataset: null });
  });

  it('says how to go on where no JSON is asked for; SIGTERM is as Ctrl-C', async () => {
    server.answer = after(25, ok);
    const running = place.start(smallRun(server.policy, 'often', '--questions', 'cases.jsonl', '--in-flight', '2').filter((word) => word !== '--json'));
    await asked(4);
    running.kill('SIGTERM');
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(0);
    expect(stderr).toContain('SIGTERM: draining.');
    expect(stdout).toContain('Stopped before the end; nothing is lost. The same command goes on.');
    expect(stdout).toMatch(new RegExp(`^ {2}expand +${count} +\\d`, 'm'));
  });

  it('stops at once with exit 130 at a second signal', async () => {
    server.answer = first(4, ok, never);
    const running = start('often');
    await asked(5);
    running.kill('SIGINT');
    await running.says('SIGINT: draining');
    running.kill('SIGINT');
    const ended = await running.ended;
    expect(ended, ended.stderr).toMatchObject({ code: 130, stdout: '' });
    expect(ended.stderr).toContain('Stopped at once by a second SIGINT. What was not committed will be asked again.');
  });

  it('cuts calls that outlast the drain, and exits 0', async () => {
    server.answer = first(4, ok, never);
    const running = start('often', '--drain', '300ms');
    await asked(5);
    running.kill('SIGINT');
    const ended = await running.ended;
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('The drain took longer than 300 ms: calls in flight are cut, their records stay unsettled and will be asked again.');
    expect(summaryOf(ended).drained).toBe(true);
  });

  it('ends with exit 0 while it is paused for a server that is away', async () => {
    server.answer = first(4, ok, (_request, response) => response.destroy());
    const running = start('often', '--drain', '300ms');
    await running.says('Paused: MODEL_UNREACHABLE');
    running.kill('SIGINT');
    const ended = await running.ended;
    expect(ended.code, ended.stderr).toBe(0);
    expect(summaryOf(ended).drained).toBe(true);
  });

  it('drains with exit 0 when the budget is used up', async () => {
    const ended = await start('often', '--budget-tokens', '1000', '--in-flight', '2').ended;
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('MODEL_BUDGET_SPENT The budget of 1000 tokens is used up.');
    expect(summaryOf(ended).drained).toBe(true);
  });

  it('is killed (kill -9)', async () => {
    server.answer = after(10, ok);
    const running = start('often', '--in-flight', '4');
    await asked(8);
    running.kill('SIGKILL');
    expect((await running.ended).code).toBe(null);
  });

  it('comes to the bytes of an undisturbed run after all of this', () => goesOn('often'));
});
