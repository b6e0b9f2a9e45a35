import type { SampleRequest } from '@slowthink/models';
import { conformanceRequest } from '@slowthink/models/conformance';
import type { Signal } from '@slowthink/stream';
import { expect, test } from 'vitest';
import { choiceFieldOf, choiceFields, keepsToChoices, tokensForChoices } from './choice-fields.ts';
import { dialectNames, dialects } from './dialects.ts';
import { openaiPolicy } from './openai-policy.ts';
import { json, serve, type Handler } from './test-server.ts';

const WORDS = ['Reason', 'Finish'];
const choice = (changes: Partial<SampleRequest> = {}): SampleRequest => conformanceRequest({ prefix: '', stop: ['\n'], choices: WORDS, n: 3, sampling: { maxTokens: 4 }, ...changes });
const isChat = (path: string) => path === '/v1/chat/completions';

/** Words where the server keeps to a field that the request has, otherwise what a model says freely; drawn by the seed. */
const answering = (heeds: (body: Record<string, unknown>) => boolean, free = (seed: number) => `I think ${seed}`): Handler => (seen, response) => {
  if (seen.path === '/info') { json(response, 200, { router: 'text-generation-router', max_total_tokens: 2048 }); return; }
  const body = seen.body!, seed = body['seed'] as number;
  const choices = Array.from({ length: (body['n'] as number | undefined) ?? 1 }, (_, index) => {
    const text = heeds(body) ? WORDS[(seed + index) % 2]! : free(seed + index);
    return { index, finish_reason: 'stop', ...(isChat(seen.path) ? { message: { role: 'assistant', content: text } } : { text }) };
  });
  json(response, 200, { choices, usage: { prompt_tokens: 9, completion_tokens: 2 * choices.length } });
};

async function asked(model: object, handler: Handler, requests: readonly SampleRequest[] = [choice(), choice({ seed: 50, n: 1 })]) {
  const heard: Signal[] = [];
  const server = await serve(handler, { models: { data: [{ id: 'm', ...model }] } });
  const policy = openaiPolicy({ url: server.url, model: 'm', observer: (signal) => heard.push(signal) });
  const replies = [];
  for (const request of requests) replies.push(await policy.sample(request));
  await policy.close();
  const notes = heard.flatMap((signal) => (signal.kind === 'note' && signal.message.includes('field') ? [`${signal.level}: ${signal.message.replace(server.url, 'URL')}`] : []));
  return { texts: replies.map(({ samples }) => samples.map(({ text }) => text)), replies, notes, posts: server.seen.filter((seen) => seen.method === 'POST') };
}
const fieldsOf = (body: Record<string, unknown>) => Object.keys(body).filter((name) => name in choiceFields);
const [vllm, sglang, tgi] = [{ owned_by: 'vllm', max_model_len: 4096 }, { owned_by: 'sglang' }, { owned_by: 'm' }];

test('each field says the words in its own language, whatever signs they hold', () => {
  const of = (name: keyof typeof choiceFields, words = WORDS) => choiceFields[name].of(words);
  expect(of('grammar')).toEqual({ grammar: 'root ::= "Reason" | "Finish"' });
  expect(of('grammar', ['say "a\\b"', 'c'])).toEqual({ grammar: String.raw`root ::= "say \"a\\b\"" | "c"` });
  expect(of('structured_outputs')).toEqual({ structured_outputs: { choice: WORDS } });
  expect(of('guided_choice')).toEqual({ guided_choice: WORDS });
  expect(of('regex', ['A.', 'B (x|y)'])).toEqual({ regex: String.raw`(A\.|B \(x\|y\))` });
  expect(of('response_format')).toEqual({ response_format: { type: 'regex', value: '(Reason|Finish)' } });
});

test('each dialect has its fields, those without any sample freely', () => {
  expect(Object.fromEntries(dialectNames.map((name) => [name, choiceFieldOf(dialects[name], choice(), new Set())]))).toEqual({
    'llama.cpp': 'grammar', vllm: 'structured_outputs', sglang: 'regex', tgi: 'response_format', ollama: undefined, 'transformers-serve': undefined, generic: undefined,
  });
  expect(choiceFieldOf(dialects.vllm, choice(), new Set(['structured_outputs']))).toBe('guided_choice');
  expect(choiceFieldOf(dialects.vllm, choice(), new Set(['structured_outputs', 'guided_choice']))).toBeUndefined();
  expect(choiceFieldOf(dialects.tgi, choice({ prefix: 'Step 1:' }), new Set())).toBeUndefined(); // its chat endpoint cannot go on with a turn
  for (const name of dialectNames) expect(choiceFieldOf(dialects[name], conformanceRequest(), new Set())).toBeUndefined();
});

test('there are tokens enough for each word, of one byte each, and its end', () => {
  expect(tokensForChoices(WORDS, 4)).toBe(7);
  expect(tokensForChoices(WORDS, 16)).toBe(16);
  expect(tokensForChoices(['µg', 'mg'], 1)).toBe(4);
});

test('a text is kept to the words with space around it, or cut off by the context', () => {
  const keeps = (text: string, finish = 'stop') => keepsToChoices(WORDS, [{ text: 'Reason', finish: 'stop' }, { text, finish }]);
  expect(['Finish', ' Reason\n', 'Reasons', 'finish', 'Fin', ''].map((text) => keeps(text))).toEqual([true, true, false, false, false, false]);
  expect(keeps('Fin', 'length')).toBe(true);
});

test('vLLM gets structured_outputs, with tokens enough, in one request', async () => {
  const { texts, posts, notes } = await asked(vllm, answering((body) => 'structured_outputs' in body), [choice()]);
  expect(texts).toEqual([['Finish', 'Reason', 'Finish']]);
  expect(posts.map(({ body }) => body)).toEqual([expect.objectContaining({ structured_outputs: { choice: WORDS }, n: 3, max_tokens: 7, seed: 11 })]);
  expect(fieldsOf(posts[0]!.body!)).toEqual(['structured_outputs']);
  expect(notes).toEqual([]);
});

test('an older vLLM that ignores structured_outputs without a word is found out by its answer, once, and gets guided_choice', async () => {
  const { texts, posts, notes, replies } = await asked(vllm, answering((body) => 'guided_choice' in body));
  expect(texts).toEqual([['Finish', 'Reason', 'Finish'], ['Reason']]);
  expect(posts.map(({ body }) => fieldsOf(body!))).toEqual([['structured_outputs'], ['guided_choice'], ['guided_choice']]);
  expect(notes).toEqual(['info: URL ignores the field structured_outputs, which holds a model to the words of a choice: guided_choice is tried.']);
  expect(replies[0]!.usage).toMatchObject({ requests: 1, promptTokens: 9, completionTokens: 6 }); // what was thrown away is in no usage: which tree came first must not show (law 4)
});

test('an even older one that refuses what it does not know is read like any refusal', async () => {
  const handler: Handler = (seen, response) => ('structured_outputs' in seen.body!
    ? json(response, 400, { object: 'error', message: "[{'type': 'extra_forbidden', 'loc': ('body', 'structured_outputs'), 'msg': 'Extra inputs are not permitted'}]", type: 'BadRequestError', code: 400 })
    : answering((body) => 'guided_choice' in body)(seen, response));
  const { texts, posts, notes } = await asked(vllm, handler);
  expect(texts.flat().every((text) => WORDS.includes(text))).toBe(true);
  expect(posts).toHaveLength(3);
  expect(notes).toEqual(['info: URL refuses the field structured_outputs, which holds a model to the words of a choice: guided_choice is tried.']);
});

test('a server that ignores every field is asked freely from then on, and its texts stay as they are', async () => {
  const { texts, posts, notes } = await asked(vllm, answering(() => false));
  expect(texts).toEqual([['I think 11', 'I think 12', 'I think 13'], ['I think 50']]);
  expect(posts.map(({ body }) => [fieldsOf(body!), body!['max_tokens']])).toEqual([[['structured_outputs'], 7], [['guided_choice'], 7], [[], 4], [[], 4]]);
  expect(notes.at(-1)).toBe('warn: URL ignores the field guided_choice, which holds a model to the words of a choice: choices are sampled freely.');
  expect(notes).toHaveLength(2);
});

test('SGLang gets a regular expression, one sample a request', async () => {
  const { texts, posts } = await asked(sglang, answering((body) => body['regex'] === '(Reason|Finish)'), [choice()]);
  expect(texts).toEqual([['Finish', 'Reason', 'Finish']]);
  expect(posts.map(({ body }) => [fieldsOf(body!), body!['n'], body!['max_tokens']])).toEqual([[['regex'], 1, 7], [['regex'], 1, 7], [['regex'], 1, 7]]);
});

test('SGLang without a grammar backend refuses once a sample under way, is noted once and then asked freely', async () => {
  const refusal = 'Grammar-based generation (json_schema, regex, ebnf, structural_tag) is not supported when the server is launched with --grammar-backend none';
  const { texts, posts, notes } = await asked(sglang, (seen, response) => ('regex' in seen.body! ? json(response, 400, { object: 'error', message: refusal, type: 'BadRequest', code: 400 }) : answering(() => false)(seen, response)));
  expect(texts).toEqual([['I think 11', 'I think 12', 'I think 13'], ['I think 50']]);
  expect(posts.map(({ body }) => fieldsOf(body!).length)).toEqual([1, 1, 1, 0, 0, 0, 0]);
  expect(notes).toEqual(['warn: URL refuses the field regex, which holds a model to the words of a choice: choices are sampled freely.']);
});

test('TGI is asked for a choice in its chat endpoint, which alone knows a grammar; for anything else in plain text', async () => {
  const { texts, posts } = await asked(tgi, answering((body) => 'response_format' in body), [choice({ n: 2 }), choice({ n: 1, prefix: 'Step 1:' }), conformanceRequest()]);
  expect(texts).toEqual([['Finish', 'Reason'], ['I think 11'], ['I think 11']]);
  expect(posts.map(({ path }) => path)).toEqual(['/v1/chat/completions', '/v1/chat/completions', '/v1/completions', '/v1/completions']);
  expect(posts[0]!.body).toMatchObject({ messages: choice().messages, stop: ['\n'], response_format: { type: 'regex', value: '(Reason|Finish)' } });
  expect(posts[0]!.body).not.toHaveProperty('prompt');
});

test('TGI whose model has no chat template samples choices freely', async () => {
  const { texts, posts, notes } = await asked(tgi, (seen, response) => (isChat(seen.path) ? json(response, 422, { error: 'Template error: template not found', error_type: 'template_error' }) : answering(() => false)(seen, response)), [choice({ n: 1 }), choice({ n: 1 })]);
  expect(texts).toEqual([['I think 11'], ['I think 11']]);
  expect(posts.map(({ path }) => path)).toEqual(['/v1/chat/completions', '/v1/completions', '/v1/completions']);
  expect(notes).toHaveLength(1);
});

test.each([['ollama', { owned_by: 'library' }], ['a server that nobody knows', { owned_by: 'somebody' }]])('%s is told no words and its texts stay as they are', async (_, model) => {
  const { texts, posts } = await asked(model, answering(() => false), [choice({ n: 2 })]);
  expect(texts).toEqual([['I think 11', 'I think 12']]);
  for (const { body } of posts) expect([fieldsOf(body!), body!['max_tokens']]).toEqual([[], 4]);
});

test('a refusal about something else is a fault, with a choice as without', async () => {
  await expect(asked(vllm, (_, response) => json(response, 400, { error: { message: 'temperature must be non-negative' } }))).rejects.toMatchObject({ code: 'MODEL_REFUSED', message: expect.stringContaining('temperature must be') });
});

test('without choices no field of theirs is sent', async () => {
  const { posts } = await asked(vllm, answering(() => false), [conformanceRequest()]);
  expect(fieldsOf(posts[0]!.body!)).toEqual([]);
});
