// The life of the process: what it says when it cannot start, how it is watched, full, left alone and stopped.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from '../node/run-program.ts';
import { startScorerServer } from './start-scorer-server.ts';
import { tinyModels, type TinyModels } from './tiny-models.fixture.ts';

let models: TinyModels;
beforeAll(async () => { models = await tinyModels(); });
afterAll(() => models?.remove());

const main = join(import.meta.dirname, 'main.py');
const start = (...flags: readonly string[]) => startScorerServer(models.python, ['--base', models.at('base'), '--policy-adapter', models.at('policy-adapter'), '--scorer-adapter', models.at('prm'), ...flags]);
const post = (url: string, body: object, signal?: AbortSignal, headers: Record<string, string> = {}) => fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body), ...(signal === undefined ? {} : { signal }) });
const errorOf = async (reply: Response) => ((await reply.json()) as { error: { message: string; code: number } }).error;
const metric = async (url: string, name: string): Promise<number> => Number(new RegExp(`^${name.replace(/[{}"]/g, '\\$&')} (\\S+)$`, 'm').exec(await (await fetch(`${url}/metrics`)).text())?.[1]);
const long = { prompt: 'Step 1:', n: 4, seed: 3, max_tokens: 1000, temperature: 0.01 };

test('--help shows the flags without waiting for torch', async () => {
  const { code, output } = await runProgram(models.python, ['-c', `import sys\nsys.path.insert(0, ${JSON.stringify(import.meta.dirname)})\nimport main\ntry: main.read_flags(["--help"])\nfinally: print("torch" in sys.modules)`]);
  expect(code).toBe(0);
  expect(output).toContain('--drain-seconds');
  expect(output).toMatch(/False\s*$/);
});

test.each([
  [[], 2, 'SETTING_INVALID Nothing is to be served. Give --base DIR, --scorer DIR or both.'],
  [['--base', 'nowhere'], 3, 'MODEL_FOLDER_WRONG There is no folder nowhere. Check the path given to --base.'],
] as const)('%j ends with %i and a sentence', async (flags, exit, sentence) => {
  const { code, output } = await runProgram(models.python, [main, '--port', '0', ...flags]);
  expect(output).toContain(sentence);
  expect(output).not.toContain('Traceback');
  expect(code).toBe(exit);
});

test('a port that is taken is said before weights are loaded', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const { code, output } = await runProgram(models.python, [main, '--port', String(port), '--base', models.at('base')]);
  other.close();
  expect([code, output.includes('loading')]).toEqual([3, false]);
  expect(output).toContain(`PORT_UNAVAILABLE 127.0.0.1:${port} cannot be listened on`);
});

test('a stale adapter beside full weights is warned of, and what is served is said', async () => {
  const server = await startScorerServer(models.python, ['--base', models.at('policy-full'), '--scorer-adapter', models.at('prm')]);
  expect(server.said()).toMatch(/warning: \S+policy-full holds full weights and an adapter beside them \(trained on meta-llama\/Llama-3\.1-8B-Instruct\)\. The adapter is ignored/);
  expect(server.said()).toMatch(/scorer: \S+policy-full \+ \S+prm \(its configuration says that it was trained on pixas\/MedSSS_Policy\)/);
  expect(await server.stop()).toBe(0);
});

test('SIGTERM answers what was asked, takes nothing new and ends with 0', async () => {
  const server = await start();
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  const asked = post(`${server.url}/v1/completions`, long);
  while (await metric(server.url, 'serve_scorer_generation_tokens_total') < 10) await new Promise((wait) => setTimeout(wait, 10));
  const ended = server.stop();
  const reply = (await (await asked).json()) as { choices: { text: string; finish_reason: string }[]; usage: { completion_tokens: number } };
  expect(reply.choices).toHaveLength(4);
  expect(reply.usage.completion_tokens).toBeGreaterThan(100);
  expect(await ended).toBe(0);
  expect(server.said()).toMatch(/draining 1 requests?; a second signal ends at once[^]*every request is answered/);
  await expect(fetch(`${server.url}/health`)).rejects.toThrow('fetch failed');
});

test('a second signal ends at once, with 1', async () => {
  const server = await start();
  const asked = post(`${server.url}/v1/completions`, { ...long, max_tokens: 4000, n: 64 }).catch((error: unknown) => error);
  while (await metric(server.url, 'serve_scorer_generation_tokens_total') < 10) await new Promise((wait) => setTimeout(wait, 10));
  const ended = server.stop();
  await expect.poll(() => server.said()).toContain('draining');
  process.kill(server.pid, 'SIGINT');
  expect(await ended).toBe(1);
  await asked;
});

test('a sender that hangs up frees the model', async () => {
  const server = await start(), stop = new AbortController();
  const asked = post(`${server.url}/v1/completions`, { ...long, max_tokens: 4000, n: 64 }, stop.signal).catch((error: unknown) => error);
  await expect.poll(() => metric(server.url, 'serve_scorer_open_requests')).toBe(1);
  stop.abort();
  await asked;
  await expect.poll(() => metric(server.url, 'serve_scorer_open_requests')).toBe(0);
  expect(await metric(server.url, 'serve_scorer_cancelled_total')).toBe(1);
  const before = await metric(server.url, 'serve_scorer_generation_tokens_total');
  expect((await post(`${server.url}/v1/completions`, { prompt: 'Step 1:', max_tokens: 3, seed: 1, logprobs: 0 })).status).toBe(200);
  expect(await metric(server.url, 'serve_scorer_generation_tokens_total') - before, 'nothing else is written any more').toBeLessThanOrEqual(3 + 16);
  expect(await server.stop()).toBe(0);
});

test('requests above --waiting-max are answered 503 with Retry-After, wrong ones 400, 401 or 404 with a sentence', async () => {
  process.env['SERVE_SCORER_API_KEY'] = 'a key of the test';
  const server = await start('--waiting-max', '2').finally(() => { delete process.env['SERVE_SCORER_API_KEY']; });
  const keyed = { authorization: 'Bearer a key of the test' };
  const ask = (path: string, body: object) => post(server.url + path, body, undefined, keyed);
  expect((await post(`${server.url}/tokenize`, { prompt: 'x' })).status).toBe(401);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  const open = [ask('/v1/completions', long), ask('/v1/completions', long)];
  await expect.poll(() => metric(server.url, 'serve_scorer_open_requests')).toBe(2);
  const full = await ask('/pooling', { input: [1, 2, 3] });
  expect([full.status, full.headers.get('retry-after')]).toEqual([503, '1']);
  expect((await errorOf(full)).message).toBe('2 requests wait already, as many as --waiting-max allows. Ask again later.');
  for (const reply of await Promise.all(open)) expect(reply.status).toBe(200);
  for (const [path, body, status, message] of [
    ['/pooling', { input: [1, 99_999] }, 400, /^The input holds token ids that the model has none of: there are 0 to \d+\.$/],
    ['/pooling', { input: [] }, 400, /has no tokens|^input/],
    ['/pooling', { input: [1], task: 'embed' }, 400, /^The task embed is not served; token_classify is\.$/],
    ['/pooling', { input: Array.from({ length: 4097 }, () => 1) }, 400, /maximum context length is 4096 tokens\. However, The input has 4097 tokens/i],
    ['/pooling', { input: [1], model: 'policy-adapter' }, 404, /^The model `policy-adapter` does not exist here\. There are `policy-adapter` \(policy\) and `prm` \(step scorer\)\.$/],
    ['/v1/completions', { prompt: 'x', model: 'prm' }, 404, /does not exist here/],
    ['/v1/completions', { prompt: 'x', stream: true }, 400, /^The field stream with this value is not served here\./],
    ['/v1/completions', { prompt: 'x', frequency_penalty: 0.5 }, 400, /frequency_penalty/],
    ['/v1/completions', { prompt: 'x', temperature: -1 }, 400, /^temperature: /],
    ['/v1/chat/completions', { messages: [{ role: 'user', content: 'x' }], structured_outputs: { choice: ['a', 'ab'] } }, 400, /is the beginning of another word/],
    ['/tokenize', {}, 400, /^Give one of prompt and messages\.$/],
    ['/detokenize', { tokens: [-1] }, 400, /ids that the model has none of/],
  ] as const) {
    const reply = await ask(path, body);
    expect([path, reply.status]).toEqual([path, status]);
    expect((await errorOf(reply)).message).toMatch(message);
  }
  const huge = await ask('/tokenize', { prompt: 'x'.repeat(17 * 2 ** 20) }).then((reply) => reply.status, () => 413); // the connection may be closed while it is sent
  expect(huge).toBe(413);
  expect(await metric(server.url, 'serve_scorer_requests_total{path="/pooling",status="503"}')).toBe(1);
  expect(await server.stop()).toBe(0);
});
