// Answers of a real llama.cpp server (SmolLM2-135M-Instruct, 8 slots of 2,048 tokens), recorded once and replayed over HTTP.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SampleRequest } from '@slowthink/models';
import { expect, test } from 'vitest';
import { openaiPolicy } from './openai-policy.ts';
import { readChoices } from './from-response.ts';
import { readStream } from './from-stream.ts';
import { serve } from './test-server.ts';

interface Recorded { readonly status: number; readonly contentType: string; readonly body: string; readonly request?: Record<string, unknown> }
const recorded = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', `llama-cpp-${name}.json`), 'utf8')) as Recorded;

const request: SampleRequest = {
  id: 'r', messages: [{ role: 'user', content: 'What is the capital of France? Explain in steps.' }], prefix: 'Step 0: Let us think.\n\nStep 1: The capital', n: 3, seed: 7, stop: ['Step 2:'],
  sampling: { temperature: 1, topP: 0.95, topK: 0, minP: 0, maxTokens: 24 },
};

/** Plays the recordings; `completions` answers /v1/completions. A streamed one is sent in pieces of `piece` bytes. */
async function played(completions: (body: Record<string, unknown>) => Recorded, piece = 700) {
  const server = await serve((seen, response) => {
    const answer = seen.path === '/v1/models' ? recorded('models') : seen.path === '/props' ? recorded('props') : seen.path === '/apply-template' ? recorded('apply-template') : completions(seen.body!);
    const body = Buffer.from(answer.body);
    response.writeHead(answer.status, { 'content-type': answer.contentType });
    for (let at = 0; at < body.length; at += piece) response.write(body.subarray(at, at + piece));
    response.end();
  }, { own: true });
  return { server, policy: openaiPolicy({ url: server.url, model: 'smollm2-135m' }) };
}

test('asks for the template once, streams the samples of one request, and reads each choice with its own tokens', async () => {
  const { server, policy } = await played(() => recorded('stream-n3'), 37);
  const reply = await policy.sample(request);
  const plain = readChoices('x', recorded('completions-n3').body).choices.map((choice) => choice!.text);
  expect(reply.samples.map((sample) => sample.text)).toEqual(plain);
  expect(reply.samples.map((sample) => sample.finish)).toEqual(['length', 'stop', 'stop']);
  expect(reply.samples.map((sample) => sample.tokens)).toEqual([24, 11, 11]);
  expect(reply.usage).toEqual({ requests: 1, samples: 3, promptTokens: 57, completionTokens: 46, cachedTokens: 0 });
  expect(server.seen.at(-1)!.body).toEqual(recorded('stream-n3').request);
  await policy.sample({ ...request, prefix: `${request.prefix} of` });
  expect(server.seen.filter((seen) => seen.path === '/apply-template')).toHaveLength(1);
  await policy.close();
});

test('its usage without streaming counts the first choice only: that is why it is streamed', () => {
  const { completionTokens, choices } = readChoices('x', recorded('completions-n3').body);
  expect(choices).toHaveLength(3);
  expect(completionTokens).toBe(24);
});

test('describes itself: the context is that of one slot, the revision is of the weights', async () => {
  const { policy } = await played(() => recorded('stream-n3'));
  const first = await policy.describe();
  expect(first).toMatchObject({ model: 'smollm2-135m', contextTokens: 2048 });
  expect(first.revision).toMatch(/^[0-9a-f]{20}$/);
  await policy.close();
});

test('learns from its refusal how many samples a request may have', async () => {
  const { server, policy } = await played((body) => ((body['n'] as number) > 3 ? { ...recorded('n9-refused'), body: recorded('n9-refused').body.replace('<= 8', '<= 3') } : recorded('stream-n3')));
  expect((await policy.sample({ ...request, n: 6 })).samples).toHaveLength(6);
  expect(server.seen.filter((seen) => seen.path === '/v1/completions').map((seen) => [seen.body!['seed'], seen.body!['n']])).toEqual([[7, 6], [7, 3], [10, 3]]);
  await policy.close();
});

test('a prompt longer than the context is MODEL_CONTEXT_EXCEEDED with both numbers', async () => {
  const { policy } = await played(() => recorded('context-exceeded'));
  await expect(policy.sample(request)).rejects.toMatchObject({ code: 'MODEL_CONTEXT_EXCEEDED', blame: 'record', message: expect.stringContaining('request (3001 tokens) exceeds the available context size (2048 tokens)') });
  await policy.close();
});

test('an error event inside the stream is a fault with its own code, and a stream that ends early is MODEL_REPLY_INVALID', async () => {
  const begin = recorded('stream-n3').body.slice(0, 2000).replace(/[^\n]*$/, '');
  const stream = (body: string): Recorded => ({ status: 200, contentType: 'text/event-stream', body });
  const faultOf = async (body: string) => { const { policy } = await played(() => stream(body)); try { await policy.sample(request); } catch (error) { return error; } finally { await policy.close(); } return undefined; };
  expect(await faultOf(`${begin}data: {"error":{"code":503,"message":"queue full","type":"unavailable_error"}}\n\n`)).toMatchObject({ code: 'MODEL_OVERLOADED', message: expect.stringContaining('broke its answer off with an error: unavailable_error: queue full.') });
  expect(await faultOf(`${begin}data: {"error":{"message":"boom"}}\n\n`)).toMatchObject({ code: 'MODEL_SERVER_ERROR' });
  expect(await faultOf(begin)).toMatchObject({ code: 'MODEL_REPLY_INVALID', message: expect.stringContaining('ended in the middle of choice 0') });
  expect(await faultOf('')).toMatchObject({ code: 'MODEL_REPLY_INVALID', message: expect.stringContaining('holds no choice') });
  expect(await faultOf(`${begin}data: {"choi\n\n`)).toMatchObject({ code: 'MODEL_REPLY_INVALID', message: expect.stringContaining('not JSON') });
});

const choice: SampleRequest = { ...request, prefix: '', n: 8, stop: ['\n'], choices: ['Reason', 'Finish'], sampling: { temperature: 2, topP: 1, topK: 0, minP: 0, maxTokens: 4 } };

test('a choice is sent as a grammar, with tokens enough for its words, and comes back as words', async () => {
  const { server, policy } = await played(() => recorded('choice-n8'), 311);
  const { samples, usage } = await policy.sample(choice);
  expect(server.seen.at(-1)!.body).toEqual(recorded('choice-n8').request);
  expect(server.seen.at(-1)!.body).toMatchObject({ grammar: 'root ::= "Reason" | "Finish"', n: 8, max_tokens: 7 });
  expect(samples.map(({ text }) => text)).toEqual(['Finish', 'Finish', 'Finish', 'Finish', 'Finish', 'Finish', 'Reason', 'Finish']);
  expect(samples.map(({ tokens }) => tokens)).toEqual([4, 4, 4, 4, 5, 5, 4, 5]); // "F", "in", "ish" and the end; a word has several ways to be cut
  expect(usage).toMatchObject({ requests: 1, completionTokens: 35 });
  await policy.close();
});

test('a server that cannot read the grammar says so once; choices are then sampled freely', async () => {
  const { server, policy } = await played((body) => ('grammar' in body ? recorded('grammar-refused') : recorded('stream-n3')));
  for (const seed of [7, 8]) expect((await policy.sample({ ...choice, n: 3, seed })).samples.map(({ text }) => text)[1]).toBe(' of France is Paris.');
  expect(server.seen.filter((seen) => seen.path === '/v1/completions').map(({ body }) => 'grammar' in body!)).toEqual([true, false, false]);
  await policy.close();
});

test('the stream may be cut anywhere, and may lack [DONE]', () => {
  const { body } = recorded('stream-n3');
  const read = (text: string, size: number) => { const reader = readStream('x'); for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size)); return reader.end(); };
  const whole = read(body, body.length);
  for (const size of [1, 2, 13, 997]) expect(read(body, size)).toEqual(whole);
  expect(read(body.replace('data: [DONE]\n\n', '').trimEnd(), 50)).toEqual(whole);
  expect(read(body.replaceAll('\n', '\r\n'), 50)).toEqual(whole);
});
