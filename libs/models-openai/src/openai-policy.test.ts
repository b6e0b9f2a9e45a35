import { conformanceRequest, policyConformance } from '@slowthink/models/conformance';
import { expect, test } from 'vitest';
import { openaiPolicy, type OpenaiOptions } from './openai-policy.ts';
import { json, serve, type Handler } from './test-server.ts';

/** Choices as a server without a model gives them: text from prompt and seed. */
const textOf = (body: Record<string, unknown>, seed: number) => (body['temperature'] === 0 ? ' greedy words' : ` a${seed} child weighs b${(seed * 7) % 13} and more of it follows here and there for a good while longer`);
const whole = (body: Record<string, unknown>, n = (body['n'] as number | undefined) ?? 1, keepStop = false) => {
  const seed = body['seed'] as number, max = body['max_tokens'] as number;
  const choices = Array.from({ length: n }, (_, index) => {
    const words = textOf(body, seed + index).match(/\s*\S+/g)!, text = words.slice(0, max).join('');
    const ends = ((body['stop'] ?? []) as string[]).map((stop) => (text.includes(stop) ? text.indexOf(stop) + (keepStop ? stop.length : 0) : -1)).filter((at) => at >= 0);
    return { index, text: ends.length > 0 ? text.slice(0, Math.min(...ends)) : text, finish_reason: ends.length > 0 || words.length <= max ? 'stop' : 'length', logprobs: null };
  });
  const completion = choices.reduce((sum, choice) => sum + (choice.text.match(/\s*\S+/g) ?? []).length, 0);
  return { object: 'text_completion', choices, usage: { prompt_tokens: String(body['prompt']).split(/\s+/).length, completion_tokens: completion, total_tokens: 0 } };
};
const open = (url: string, options: Partial<OpenaiOptions> = {}) => openaiPolicy({ url, model: 'm', ...options });

async function sampled(handler: Handler, options: Partial<OpenaiOptions> & { models?: unknown } = {}, request = conformanceRequest({ n: 3 })) {
  const { models, ...others } = options;
  const server = await serve(handler, models === undefined ? {} : { models });
  const policy = open(server.url, others);
  try { return { server, reply: await policy.sample(request), posts: server.seen.filter((seen) => seen.method === 'POST'), again: () => policy.sample(request) }; } finally { await policy.close(); }
}

// the server of this suite lives as long as the file does
const lasting = await (await import('node:http')).createServer((request, response) => {
  let raw = '';
  request.on('data', (chunk: Buffer) => { raw += chunk.toString(); });
  request.on('end', () => setTimeout(() => json(response, 200, request.method === 'GET' ? { data: [{ id: 'm' }] } : whole(JSON.parse(raw) as Record<string, unknown>)), 30));
});
await new Promise<void>((resolve) => lasting.listen(0, '127.0.0.1', resolve));
lasting.unref();
policyConformance('generic server', async () => open(`http://127.0.0.1:${(lasting.address() as { port: number }).port}/v1/`));

test('one request asks for n samples with everything that decides them', async () => {
  const { posts, reply } = await sampled((seen, response) => json(response, 200, whole(seen.body!)));
  expect(posts).toHaveLength(1);
  expect(posts[0]).toMatchObject({ path: '/v1/completions', body: { model: 'm', n: 3, seed: 11, max_tokens: 16, temperature: 1, top_p: 0.95, top_k: 0, min_p: 0, stop: ['Step 2:', '\n\nUser:\n'] } });
  expect(posts[0]!.body!['prompt']).toBe(`User:\nA child of 12 kg has fever. How much paracetamol is given? Think in steps.\n\nAssistant:\n${conformanceRequest().prefix}`);
  expect(reply.usage).toMatchObject({ requests: 1, samples: 3 });
  expect(reply.samples.reduce((sum, sample) => sum + sample.tokens, 0)).toBe(reply.usage.completionTokens);
});

test('a server that gives one choice whatever n is: the missing samples are asked for with their seeds, and later requests start so', async () => {
  const server = await serve((seen, response) => json(response, 200, whole(seen.body!, 1)));
  const policy = open(server.url);
  const first = await policy.sample(conformanceRequest({ n: 4 }));
  expect(first.samples.map((sample) => sample.text.trim().split(' ')[0])).toEqual(['a11', 'a12', 'a13', 'a14']);
  expect(server.seen.slice(1).map((seen) => [seen.body!['seed'], seen.body!['n']]).sort()).toEqual([[11, 4], [12, 1], [13, 1], [14, 1]]);
  expect(first.usage.requests).toBe(4);
  await policy.sample(conformanceRequest({ n: 2, seed: 50 }));
  expect(server.seen.slice(5).map((seen) => [seen.body!['seed'], seen.body!['n']]).sort()).toEqual([[50, 1], [51, 1]]);
  await policy.close();
});

test('a server that refuses n above its slots is asked in parts', async () => {
  const { posts, reply } = await sampled((seen, response) => ((seen.body!['n'] as number) > 8 ? json(response, 400, { error: { code: 400, message: "Field 'n': Value must be between 1 <= value <= 8, but got 11", type: 'invalid_request_error' } }) : json(response, 200, whole(seen.body!))), {}, conformanceRequest({ n: 11 }));
  expect(posts.map((seen) => [seen.body!['seed'], seen.body!['n']])).toEqual([[11, 11], [11, 8], [19, 3]]);
  expect(reply.samples.map((sample) => sample.text.trim().split(' ')[0])).toEqual(Array.from({ length: 11 }, (_, i) => `a${11 + i}`));
});

test('choices in another order, with one missing, come out in seed order', async () => {
  let call = 0;
  const { posts, reply } = await sampled((seen, response) => {
    const answer = whole(seen.body!);
    json(response, 200, call++ === 0 ? { ...answer, choices: [answer.choices[2], answer.choices[0]] } : answer);
  });
  expect(reply.samples.map((sample) => sample.text.trim().split(' ')[0])).toEqual(['a11', 'a12', 'a13']);
  expect(posts[1]!.body).toMatchObject({ seed: 12, n: 1 });
});

test('one answer with a choice too few costs one more request, once; a server that has given more is asked for more', async () => {
  let call = 0;
  const server = await serve((seen, response) => json(response, 200, whole(seen.body!, call++ === 1 ? 2 : undefined)));
  const policy = open(server.url);
  for (const seed of [11, 21, 31]) expect((await policy.sample(conformanceRequest({ n: 3, seed }))).samples).toHaveLength(3);
  expect(server.seen.slice(1).map((seen) => [seen.body!['seed'], seen.body!['n']])).toEqual([[11, 3], [21, 3], [23, 1], [31, 3]]);
  await policy.close();
});

test('choices that nobody asked for cost nothing: the others have the tokens they would have alone', async () => {
  const bytes = (count: number): Handler => (_, response) => json(response, 200, { choices: Array.from({ length: count }, (__, index) => ({ index, text: 'word'.repeat(index + 1), finish_reason: 'stop' })), usage: { prompt_tokens: 9, completion_tokens: 4 * count * (count + 1) / 2 } });
  const [asked, more] = [(await sampled(bytes(3))).reply, (await sampled(bytes(5))).reply];
  expect(asked.samples.map(({ tokens }) => tokens)).toEqual([4, 8, 12]);
  expect(more).toEqual(asked);
});

test('a server that never gives all choices is MODEL_REPLY_INVALID, not an endless loop', async () => {
  await expect(sampled((_, response) => json(response, 200, { choices: [{ index: 5, text: 'x', finish_reason: 'stop' }] }))).rejects.toMatchObject({ code: 'MODEL_REPLY_INVALID', message: expect.stringContaining('0 of 3 samples') });
});

test('a stop string that the server leaves in the text is cut, and the sample ends by stop', async () => {
  const { reply } = await sampled((seen, response) => json(response, 200, whole(seen.body!, 1, true)), {}, conformanceRequest({ stop: ['more', 'weighs'] }));
  expect(reply.samples[0]).toMatchObject({ text: ' a11 child ', finish: 'stop' });
});

test('half a character at the end of a cut text is dropped; an ending that is not named follows from the tokens', async () => {
  const answer = (text: string, finish: string | null, tokens: number) => sampled((_, response) => json(response, 200, { choices: [{ text, finish_reason: finish }], usage: { prompt_tokens: 3, completion_tokens: tokens } }), {}, conformanceRequest());
  expect((await answer('dose \uFFFD', 'length', 16)).reply.samples[0]).toEqual({ text: 'dose ', finish: 'length', tokens: 16 });
  expect((await answer('dose', null, 16)).reply.samples[0]!.finish).toBe('length');
  expect((await answer('dose', null, 3)).reply.samples[0]!.finish).toBe('stop');
});

test('a text that ended because the context was full counts as length', async () => {
  const { reply } = await sampled((_, response) => json(response, 200, { choices: [{ text: 'dose', finish_reason: 'stop' }], usage: { prompt_tokens: 95, completion_tokens: 5 } }), { models: { data: [{ id: 'm', owned_by: 'x', max_model_len: 100 }] } }, conformanceRequest());
  expect(reply.samples[0]!.finish).toBe('length');
});

test('a field that the server does not know is left out only while it is off', async () => {
  const strict: Handler = (seen, response) => {
    const unknown = ['top_k', 'min_p'].filter((field) => field in seen.body!);
    if (unknown.length > 0) json(response, 422, { detail: `Unexpected fields in the request: {'${unknown.join("', '")}'}` });
    else json(response, 200, whole(seen.body!));
  };
  const { posts, reply } = await sampled(strict);
  expect(reply.samples).toHaveLength(3);
  expect(posts).toHaveLength(3);
  await expect(sampled(strict, {}, conformanceRequest({ sampling: { topK: 40 } }))).rejects.toMatchObject({ code: 'MODEL_REFUSED', message: expect.stringContaining('top_k') });
});

test.each([
  ['vllm', { id: 'm', owned_by: 'vllm', root: '/models/q', max_model_len: 4096 }, '/v1/chat/completions', { continue_final_message: true, add_generation_prompt: false, top_k: 0, n: 3 }, 4096, 1],
  ['the scorer server of tools/serve-scorer', { id: 'm', owned_by: 'slowthink', root: 'm', max_model_len: 4096 }, '/v1/chat/completions', { continue_final_message: true, add_generation_prompt: false, top_k: 0, n: 3 }, 4096, 1],
  ['sglang', { id: 'm', owned_by: 'sglang', max_model_len: 512 }, '/v1/chat/completions', { continue_final_message: true, top_k: -1, n: 1 }, 512, 3],
  ['ollama', { id: 'm:latest', owned_by: 'library' }, '/v1/chat/completions', { n: 1 }, undefined, 3],
] as const)('%s is recognised and asked in its own way', async (_, model, path, body, contextTokens, requests) => {
  const server = await serve((seen, response) => { const { choices, usage } = whole(seen.body!); json(response, 200, { choices: choices.map(({ text, ...choice }) => ({ ...choice, message: { role: 'assistant', content: text } })), usage }); }, { models: { data: [model] } });
  const policy = open(server.url);
  const reply = await policy.sample(conformanceRequest({ n: 3 }));
  expect(reply.samples.map((sample) => sample.text.trim().split(' ')[0])).toEqual(['a11', 'a12', 'a13']);
  const posts = server.seen.filter((seen) => seen.method === 'POST');
  expect(posts).toHaveLength(requests);
  expect(posts[0]).toMatchObject({ path, body });
  expect((posts[0]!.body!['messages'] as unknown[]).at(-1)).toEqual({ role: 'assistant', content: conformanceRequest().prefix });
  await policy.sample(conformanceRequest({ prefix: '' }));
  const bare = server.seen.at(-1)!.body!;
  expect((bare['messages'] as { role: string }[]).at(-1)!.role).toBe('user');
  expect(bare).not.toHaveProperty('continue_final_message');
  expect((await policy.describe()).contextTokens).toBe(contextTokens);
  await policy.close();
});

test('TGI is recognised by its info page and gets at most four stop strings; the others are cut here', async () => {
  const server = await serve((seen, response) => {
    if (seen.path === '/info') json(response, 200, { router: 'text-generation-router', max_total_tokens: 2048 });
    else if ((seen.body!['stop'] as string[]).length > 4 || 'top_k' in seen.body!) json(response, 422, { error: 'refused', error_type: 'validation' });
    else json(response, 200, whole(seen.body!));
  }, { models: { data: [{ id: 'm', owned_by: 'm' }] } });
  const policy = open(server.url);
  expect((await policy.sample(conformanceRequest({ stop: ['1', '2', '3', '4', 'weighs'], sampling: { maxTokens: 4 } }))).samples[0]).toMatchObject({ text: ' a', finish: 'stop' });
  expect((await policy.sample(conformanceRequest({ stop: ['u', 'v', 'x', 'y', 'weighs'], sampling: { maxTokens: 4 } }))).samples[0]).toMatchObject({ text: ' a11 child ', finish: 'stop' });
  expect((await policy.describe()).contextTokens).toBe(2048);
  await policy.close();
});

test('a server without /v1/models works when dialect and revision are given', async () => {
  const server = await serve((seen, response) => (seen.method === 'GET' ? json(response, 404, {}) : json(response, 200, whole(seen.body!))), { own: true });
  const policy = open(server.url, { dialect: 'generic', revision: 'abc' });
  expect(await policy.describe()).toEqual({ model: 'm', revision: 'abc', contextTokens: undefined });
  expect((await policy.sample(conformanceRequest())).samples).toHaveLength(1);
  await policy.close();
});

test('an adapter that SGLang lists by its name is asked as BASE:NAME and has the context of its base', async () => {
  const models = { data: [{ id: 'llama', owned_by: 'sglang', max_model_len: 8192 }, { id: 'round-1', owned_by: 'sglang', parent: 'llama', max_model_len: null }] };
  const server = await serve((seen, response) => json(response, 200, whole(seen.body!)), { models });
  const policy = open(server.url, { model: 'llama:round-1', revision: 'f00d' });
  expect(await policy.describe()).toEqual({ model: 'llama:round-1', revision: 'f00d', contextTokens: 8192 });
  await expect(open(server.url, { model: 'llama:round-2' }).describe()).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  await expect(open(server.url, { model: 'round-1' }).describe()).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND', hint: 'Ask for llama:round-1.' }); // it would be answered by the base, without a word
  await policy.close();
});
