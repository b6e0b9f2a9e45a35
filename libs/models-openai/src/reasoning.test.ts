// Chat replies of servers that keep thoughts apart, in the form that vLLM and DeepSeek document. No server with a reasoning parser was at hand to record.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { conformanceRequest } from '@slowthink/models/conformance';
import { expect, test } from 'vitest';
import { readChoices } from './from-response.ts';
import { readStream } from './from-stream.ts';
import { openaiPolicy } from './openai-policy.ts';
import { serve } from './test-server.ts';

const bodyOf = (name: string): string => (JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', `vllm-chat-reasoning${name}.json`), 'utf8')) as { readonly body: string }).body;
const models = { data: [{ id: 'm', owned_by: 'vllm', root: 'm', max_model_len: 4096 }] };

async function sampled(body: string, n: number) {
  const server = await serve((_seen, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end(body); }, { models });
  const policy = openaiPolicy({ url: server.url, model: 'm' });
  try { return await policy.sample(conformanceRequest({ n, stop: [], sampling: { maxTokens: 30 } })); } finally { await policy.close(); }
}

test('a thought that the server keeps apart is the reasoning of its sample; a reply that still thought has no text', async () => {
  const { samples, usage } = await sampled(bodyOf(''), 3);
  expect(samples.map(({ text, reasoning, finish }) => [text, reasoning, finish])).toEqual([
    ['\n\n Iron is low.', 'Ferritin first. The answer is A?', 'stop'], ['', 'Hmm, let me think about ferr', 'length'], [' The answer is B.', undefined, 'stop'],
  ]);
  expect('reasoning' in samples[2]!).toBe(false);
  expect(usage).toMatchObject({ promptTokens: 40, completionTokens: 60 });
});

test('the tokens of a thought count: they are shared out by thought and text together', async () => {
  const { samples } = await sampled(bodyOf(''), 3);
  expect(samples[1]!.tokens).toBe(30); // ended by length: maxTokens
  expect(samples[0]!.tokens).toBe(22); // 15 + 32 of (15 + 32) + 17 characters, times the 30 tokens that are left: 22.03
  expect(samples.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(60);
});

test('the older field reasoning_content is read too', async () => {
  const { samples } = await sampled(bodyOf('').replaceAll('"reasoning"', '"reasoning_content"'), 3);
  expect(samples.map(({ reasoning }) => reasoning)).toEqual(['Ferritin first. The answer is A?', 'Hmm, let me think about ferr', undefined]);
});

test('a message with neither text nor thought is still no reply', () => {
  expect(() => readChoices('POST x', JSON.stringify({ choices: [{ message: { content: null, reasoning: '' } }] }))).toThrow(/a choice that holds no text/);
  expect(readChoices('POST x', JSON.stringify({ choices: [{ message: { content: '', reasoning: { steps: [] } } }] })).choices).toEqual([{ text: '', finish: null, tokens: undefined }]); // a thought is a text
});

test.each([1, 7, 1000])('deltas of thoughts are put together by choice, in pieces of %i characters', (size) => {
  const stream = readStream('POST x'), body = bodyOf('-stream');
  for (let at = 0; at < body.length; at += size) stream.push(body.slice(at, at + size));
  const { choices, completionTokens } = stream.end();
  expect(choices.map((choice) => [choice!.text, choice!.reasoning, choice!.finish])).toEqual([['\n\n Iron is low.', 'Ferritin first.', 'stop'], ['', 'Zinc? No.', 'length']]);
  expect(completionTokens).toBe(32);
});

test('stop strings cut the text and leave the thought', async () => {
  const server = await serve((_seen, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end(bodyOf('')); }, { models });
  const policy = openaiPolicy({ url: server.url, model: 'm' });
  const { samples } = await policy.sample(conformanceRequest({ n: 3, stop: [' is', 'Ferritin'] }));
  expect(samples[0]).toMatchObject({ text: '\n\n Iron', reasoning: 'Ferritin first. The answer is A?', finish: 'stop' });
  await policy.close();
});
