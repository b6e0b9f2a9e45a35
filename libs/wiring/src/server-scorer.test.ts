// --scorer openai:…: what opening a server asks of it, and how one of another kind is told.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { probeSolution } from '@slowthink/prompts';
import { afterAll, expect, test } from 'vitest';
import { openScorer } from './resources.ts';
import { readSettings } from './settings-sources.ts';

const servers: Server[] = [];
afterAll(() => { for (const server of servers) { server.close(); server.closeAllConnections(); } });

/** Answers as vLLM does, each word and each <extra_0> a token; `without`: a path that it does not have. */
async function serve(without = ''): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [], vocabulary: string[] = [];
  const idsOf = (text: string): readonly number[] => (text.match(/<extra_0>|[^<]/g) ?? []).map((token) => { const known = vocabulary.indexOf(token); return known >= 0 ? known : vocabulary.push(token) - 1; });
  const answerTo = (path: string, body: { readonly prompt?: string; readonly messages?: readonly { readonly content: string }[]; readonly tokens?: readonly number[]; readonly input?: readonly number[] }): object => {
    if (path === '/v1/models') return { object: 'list', data: [{ id: 'prm', object: 'model', owned_by: 'vllm', max_model_len: 4096 }] };
    if (path === '/tokenize') { const tokens = idsOf(body.prompt ?? body.messages!.map(({ content }) => content).join('')); return { count: tokens.length, max_model_len: 4096, tokens }; }
    if (path === '/detokenize') return { prompt: body.tokens!.map((id) => vocabulary[id]).join('') };
    return { object: 'list', data: [{ index: 0, object: 'pooling', data: body.input!.flatMap((id) => (vocabulary[id] === '<extra_0>' ? [[0.25, 0.75]] : [])) }], usage: { prompt_tokens: body.input!.length } };
  };
  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => { body += chunk.toString(); });
    request.on('end', () => {
      asked.push(`${request.url} ${request.headers.authorization ?? ''}`);
      response.writeHead(request.url === without ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(request.url === without ? { detail: 'Not Found' } : answerTo(request.url!, body === '' ? {} : JSON.parse(body) as object)));
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  servers.push(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}
const settingsFor = (url: string) => readSettings({ flags: { '--scorer': `openai:${url}#prm@3&row=qwen-prm` }, env: { SLOWTHINK_SCORING_API_KEY: 'secret-key' }, remember: false }).values;

test('a server is tried with a small solution before it counts as opened, with its key, and then gives values', async () => {
  const { url, asked } = await serve();
  const scorer = await openScorer(settingsFor(url));
  expect(asked.filter((line) => line === '/pooling Bearer secret-key')).toHaveLength(1);
  expect(await scorer.describe()).toEqual({ model: 'prm', revision: '3:qwen-prm' });
  expect((await scorer.score({ id: 'r', ...probeSolution })).values).toEqual([0.75, 0.75]);
  await scorer.close();
});

test.each(['/tokenize', '/pooling'])('a server without %s is no scorer, and that is said at once, however long an outage would be waited for', async (path) => {
  const { url } = await serve(path);
  await expect(openScorer(settingsFor(url))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND', message: expect.stringContaining(`The scorer: POST ${url}${path} answered 404`) as string, hint: expect.stringContaining('docs/scorers.md') as string });
});
