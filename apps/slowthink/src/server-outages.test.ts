// What the command says and does while a model server is away: it pauses, gives up with exit 3, and the next run with a good server seals the same bytes as an undisturbed one. misbehaving-servers.test.ts has everything else that servers do.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace, noRetries, questionLines, sealedFiles, smallRun, summaryOf } from './testing/command-line.ts';
import { first, never, ok, serverOf, startModelServer, status, type Behaviour, type ModelServer } from './testing/model-server.ts';

const place = new Workplace();
const questions = ['--questions', 'cases.jsonl'] as const;
let undisturbed: ReturnType<typeof sealedFiles>;

beforeAll(async () => {
  place.write('cases.jsonl', questionLines(3));
  const quiet = await startModelServer();
  const { code } = await place.run(smallRun(quiet.policy, 'quiet', ...questions));
  await quiet.close();
  undisturbed = sealedFiles(place.path('quiet/dataset'));
  expect(code).toBe(0);
  expect(Object.keys(undisturbed)).toEqual(['README.md', 'prm/train-00000-of-00001.parquet', 'sft/train-00000-of-00001.parquet']);
});
afterAll(() => place.close());

describe('a server that breaks in the middle of a run', () => {
  let server: ModelServer;
  beforeAll(async () => { server = await startModelServer(); });
  afterAll(() => server.close());

  // One outage after the other on one folder: each run goes on where the last gave up.
  it.each<readonly [string, Behaviour, string]>([
    ['401', status(401, 'Incorrect API key provided.'), 'MODEL_UNAUTHORIZED'], ['no answer', never, 'MODEL_TIMEOUT'],
  ])('pauses at %s, loses nothing, and gives up with exit 3', async (_name, behaviour, code) => {
    server.answer = first(2, ok, behaviour);
    const ended = await place.run(smallRun(server.policy, 'outages', ...questions, '--give-up', '600ms', ...(behaviour === never ? ['--timeout', '500ms'] : [])), noRetries);
    expect(ended, ended.stderr).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toMatch(new RegExp(`Paused: ${code} POST http://127.0.0.1:${server.port}/v1/completions .* Nothing is lost; next try in`));
    expect(ended.stderr).toMatch(new RegExp(`^${code} POST .* Waited \\d+ s for the server; \\d+ requests? waits?\\.`, 'm'));
    expect(ended.stderr).not.toContain('Fault '); // an outage eats no question
  });

  it('leaves a folder that a good server brings to the bytes of an undisturbed run', async () => {
    server.answer = ok;
    const ended = await place.run(smallRun(server.policy, 'outages'));
    expect(ended.code, ended.stderr).toBe(0);
    expect(summaryOf(ended).stages['expand']).toEqual({ in: 3, ok: 3, failed: 0, dropped: 0, open: 0 });
    expect(sealedFiles(place.path('outages/dataset'))).toEqual(undisturbed);
    expect(await place.faults('outages')).toEqual([]);
  });
});

describe.concurrent('a server that comes back', () => {
  it('goes on by itself when the server comes back', async (context) => {
    const server = await serverOf(context);
    server.answer = (asked, response) => { if (server.completions.length > 8) response.destroy(); else ok(asked, response); };
    const { port } = server;
    const running = place.start(smallRun(server.policy, 'back', ...questions), noRetries);
    await running.says('Paused: MODEL_UNREACHABLE');
    await server.close();
    const same = await startModelServer(port);
    context.onTestFinished(() => same.close());
    const ended = await running.ended;
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('Going on after');
    expect(sealedFiles(place.path('back/dataset'))).toEqual(undisturbed);
  });
});
