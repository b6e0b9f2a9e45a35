// A server that is wrong from the beginning ends the command with exit 3 and what to type; a request that it refuses is a fault of that request.
import type { TreeRecord } from '@slowthink/records';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace, questionLines, sealedFiles, smallRun, summaryOf } from './testing/command-line.ts';
import { never, ok, serverOf, startModelServer, status, where, type Behaviour } from './testing/model-server.ts';

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

const refused = status(401, 'Incorrect API key provided.');

describe.concurrent('a server that does not answer as it should when a run begins', () => {
  it('ends with exit 3 and says what to type when nothing listens; the questions stay imported', async (context) => {
    const server = await serverOf(context);
    await server.close();
    const ended = await place.run(smallRun(server.policy, 'closed', ...questions));
    expect(ended, ended.stderr).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toContain(`MODEL_UNREACHABLE GET http://127.0.0.1:${server.port}/v1/models failed: nothing listens there (ECONNREFUSED). Start the model server, or correct the address in --policy.`);
    const good = await serverOf(context);
    const again = await place.run(smallRun(good.policy, 'closed', ...questions));
    expect(again.code).toBe(0);
    expect(sealedFiles(place.path('closed/dataset'))).toEqual(undisturbed);
  });

  it.for<readonly [string, Behaviour, string]>([
    ['401', refused, 'MODEL_UNAUTHORIZED GET http://127.0.0.1:PORT/v1/models answered 401: error: Incorrect API key provided. Set the key in SLOWTHINK_MODELS_API_KEY'],
    ['other models', (_asked, response) => { response.end('{"data": [{"id": "other"}, {"id": "another"}]}'); }, 'MODEL_NOT_FOUND GET http://127.0.0.1:PORT/v1/models lists no model "hash"; it has other, another. Check the model name'],
    ['nothing', never, 'MODEL_TIMEOUT GET http://127.0.0.1:PORT/v1/models did not answer within 0.3 s. Raise models.timeoutMs'],
  ])('ends with exit 3 at %s, before any question is asked', async ([name, models, message], context) => {
    const server = await serverOf(context);
    server.models = models;
    const ended = await place.run(smallRun(server.policy, `refused-${name}`, ...questions, ...(models === never ? ['--timeout', '300ms'] : [])));
    expect(ended, ended.stderr).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toContain(message.replace('PORT', String(server.port)));
    expect(server.completions).toEqual([]);
  });
});

describe.concurrent('a request that the server refuses (400)', () => {
  const overflow = status(400, 'the request exceeds the available context size (n_ctx 64)');

  it('goes to faults and fails its tree; the other trees go on; retry makes a second attempt', async (context) => {
    const server = await serverOf(context);
    server.answer = where('Case 1:', overflow, ok);
    const ended = await place.run(smallRun(server.policy, 'refusing', ...questions));
    expect(ended.code, ended.stderr).toBe(0);
    expect(summaryOf(ended).stages['expand']).toEqual({ in: 3, ok: 2, failed: 1, dropped: 0, open: 0 });
    expect(ended.stderr).toContain('Fault MODEL_CONTEXT_EXCEEDED: POST');
    const faults = await place.faults('refusing');
    expect(faults.length).toBeGreaterThan(0);
    expect(new Set(faults.map(({ code, key, stage, blame }) => [code, key, stage, blame].join(' ')))).toEqual(new Set(['MODEL_CONTEXT_EXCEEDED cases/train/q1 expand record']));
    expect(faults[0]).toMatchObject({ place: expect.stringMatching(/^request /), hint: 'The prompt is longer than the context of the model. Start the server with a larger context.' });

    server.answer = ok;
    const retry = await place.run(['retry', '--dir', 'refusing']);
    expect(retry).toMatchObject({ code: 0, stdout: expect.stringContaining('1 questions stand in the topic again. Type: slowthink run --dir ') });
    const again = await place.run(smallRun(server.policy, 'refusing'));
    expect(summaryOf(again).stages['expand']).toEqual({ in: 4, ok: 3, failed: 1, dropped: 0, open: 0 });
    const { stdout } = await place.run(['inspect', 'tree', 'cases/train/q1', '--dir', 'refusing', '--json']);
    const trees = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as TreeRecord);
    expect(trees.map(({ attempt, status: state, stop }) => [attempt, state, state === 'failed' ? stop : ''])).toEqual([[1, 'failed', 'root-failed'], [2, 'closed', '']]);
    expect((await place.run(['retry', '--dir', 'refusing'])).stdout).toContain('No tree has failed');
  });

  it('of rollouts costs nodes, not trees', async (context) => {
    const server = await serverOf(context);
    server.answer = (asked, response) => (asked.prompt.includes('Complete the steps') ? status(400, 'no rollouts here') : ok)(asked, response);
    const ended = await place.run(smallRun(server.policy, 'no-rollouts', ...questions));
    expect(ended.code, ended.stderr).toBe(0);
    const { expand, rollout } = summaryOf(ended).stages;
    expect(expand).toMatchObject({ in: 3, open: 0 });
    expect(rollout!.failed).toBe(rollout!.in);
    expect((await place.faults('no-rollouts')).map(({ code, stage }) => `${code} ${stage}`)).toEqual(Array.from({ length: rollout!.failed }, () => 'MODEL_REFUSED rollout'));
  });
});

describe.concurrent('doctor', () => {
  it('says ok and exits 0 with a good server, and names what is missing with exit 3 without one', async (context) => {
    const server = await serverOf(context);
    const good = await place.run(['doctor', '--policy', server.policy, '--dir', 'checked']);
    expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining('the same seed gave the same text twice') });
    await server.close();
    const bad = await place.run(['doctor', '--policy', server.policy, '--dir', 'checked']);
    expect(bad).toMatchObject({ code: 3, stdout: expect.stringMatching(/^MISSING {2}Policy: MODEL_UNREACHABLE .*Start the model server/m) });
  });
});
