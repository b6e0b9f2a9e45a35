// Step scorers on a server that answers in vLLM's documented shapes: a real HTTP server of this process, with a toy vocabulary and logits that are known.
import type { FaultError } from '@slowthink/faults';
import { composeScorer, type ScoreRequest } from '@slowthink/models';
import { scorerConformance } from '@slowthink/models/scorer-conformance';
import { afterAll, describe, expect, test } from 'vitest';
import { openaiScorer, type OpenaiScorerOptions } from './openai-scorer.ts';
import { parseScorer } from './parse-scorer.ts';
import { scorerServer, type ScorerServerOptions } from './scorer-server.ts';
import { json, serve } from './test-server.ts';

const STEP_ZERO = "Let's break down this problem step by step.";
const request: ScoreRequest = { id: 'r', question: 'How many mg?', steps: [STEP_ZERO, 'Multiply 12 by 5.', 'The answer is 60 mg.'] };
const marked = `Step 0: ${STEP_ZERO}\n\nStep 1: Multiply 12 by 5.\n\nStep 2: The answer is 60 mg.\n\n`;
const unmarked = 'Multiply 12 by 5.<extra_0>The answer is 60 mg.<extra_0>';
const system = 'Please reason step by step, and put your final answer within \\boxed{}.';

const softmax = (logits: readonly number[], right: number): number => Math.exp(logits[right]!) / logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

async function scored(server: ScorerServerOptions, options: Pick<OpenaiScorerOptions, 'row' | 'given'>, asked = request) {
  const served = await scorerServer(server), scorer = openaiScorer({ url: served.url, model: 'm', ...options });
  try { return { served, ...await scorer.score(asked) }; } finally { await scorer.close(); }
}
/** The tokens up to and with each mark. */
const upTo = (tokens: readonly string[], mark: string, skip: number): readonly (readonly string[])[] => tokens.flatMap((token, at) => (token === mark ? [tokens.slice(0, at + 1)] : [])).slice(skip);

describe('what is read', () => {
  test.each([['ALL', undefined], ['STEP', '<extra_0>']] as const)('of qwen-prm, where the server pools %s: values that the server activated, at the token behind each step', async (_pooling, stepTag) => {
    const { served, values, usage } = await scored({ logits: 2, ...(stepTag === undefined ? {} : { stepTag }) }, { row: 'qwen-prm', given: 'values' });
    const tokens = served.cut(`[S]${system}[/S][U]How many mg?[/U][A]${unmarked}`), places = upTo(tokens, '<extra_0>', 0);
    expect(values).toHaveLength(2);
    for (const [k, value] of values.entries()) expect(value).toBeCloseTo(softmax(served.logitsOf(places[k]!), 1), 12);
    expect(usage).toEqual({ requests: 1, promptTokens: tokens.length, completionTokens: 0 });
    expect(served.seen.filter(({ path }) => path === '/pooling').map(({ body }) => [body!['task'], body!['use_activation']])).toEqual([['token_classify', true]]);
  });

  test('of medsss: the softmax at the blank line behind each step but Step 0, each step tokenized by itself', async () => {
    const { served, values } = await scored({ logits: 2 }, { row: 'medsss', given: 'values' });
    const places = upTo(served.cut(`[U]How many mg?[/U][A]${marked}`), '\n\n', 1);
    for (const [k, value] of values.entries()) expect(value).toBeCloseTo(softmax(served.logitsOf(places[k]!), 1), 12);
    expect(values).toHaveLength(2);
  });

  test('of medsss-sigmoid: the sigmoid of logit 1, out of logits that are asked for as such (defect: BCE trains one logit, inference softmaxes two)', async () => {
    const { served, values } = await scored({ logits: 2 }, { row: 'medsss-sigmoid', given: 'logits' });
    const places = upTo(served.cut(`[U]How many mg?[/U][A]${marked}`), '\n\n', 1);
    for (const [k, value] of values.entries()) expect(value).toBeCloseTo(sigmoid(served.logitsOf(places[k]!)[1]!), 12);
  });

  test('of math-shepherd: the share of "+" against "-" among the likeliest tokens behind each mark', async () => {
    const { served, values, usage } = await scored({ logits: 2 }, { row: 'math-shepherd', given: 'logits' });
    const tokens = served.cut('<bos>How many mg? Step 1: Multiply 12 by 5. ки\nStep 2: The answer is 60 mg. ки\n'), places = upTo(tokens, ' ки', 0);
    expect(values).toHaveLength(2);
    for (const [k, value] of values.entries()) expect(value).toBeCloseTo(softmax(served.logitsOf(places[k]!, 2), 0), 12);
    expect(usage).toEqual({ requests: 1, promptTokens: tokens.length, completionTokens: 1 });
  });

  test('a mark in the question is no mark of a step', async () => {
    const { served, values } = await scored({ logits: 2 }, { row: 'qwen-prm', given: 'values' }, { ...request, question: 'What is <extra_0>?' });
    const places = upTo(served.cut(`[S]${system}[/S][U]What is <extra_0>?[/U][A]${unmarked}`), '<extra_0>', 1);
    for (const [k, value] of values.entries()) expect(value).toBeCloseTo(softmax(served.logitsOf(places[k]!), 1), 12);
  });

  test('the revision names the row: other ways to read are other scorers', async () => {
    const { url } = await scorerServer({ logits: 2 });
    const identities = await Promise.all((['medsss', 'qwen-prm'] as const).map(async (row) => { const scorer = openaiScorer({ url, model: 'm', row, given: 'values', revision: '7' }); try { return await scorer.describe(); } finally { await scorer.close(); } }));
    expect(identities).toEqual([{ model: 'm', revision: '7:medsss' }, { model: 'm', revision: '7:qwen-prm' }]);
  });
});

async function faultOf(server: ScorerServerOptions, options: Pick<OpenaiScorerOptions, 'row' | 'given'>): Promise<FaultError> {
  try { await scored(server, options); } catch (error) { return error as FaultError; }
  throw new Error('no fault');
}

describe('what is refused', () => {
  test('a tokenizer without the mark, or one that joins the separator with the next step, is told as not the one the scorer was trained with', async () => {
    expect(await faultOf({ logits: 2, tokens: ['\n\n'] }, { row: 'qwen-prm', given: 'values' })).toMatchObject({ code: 'MODEL_TOKENIZER_WRONG', message: expect.stringMatching(/has no token "<extra_0>", which the scorer reads: it is not the one that this scorer was trained with\.$/) as string });
    expect(await faultOf({ logits: 2, tokens: ['\n\nStep'] }, { row: 'medsss', given: 'values' })).toMatchObject({ code: 'MODEL_TOKENIZER_WRONG', message: expect.stringContaining('joins the step separator "\\n\\n" with what stands behind it') as string });
  });

  test('logits where values were asked for, and the wrong count of labels', async () => {
    expect(await faultOf({ logits: 2, raw: true }, { row: 'qwen-prm', given: 'values' })).toMatchObject({ code: 'MODEL_REPLY_INVALID', message: expect.stringContaining('they look like logits') as string, hint: 'Write &given=logits behind the address in --scorer.' });
    expect((await faultOf({ logits: 3 }, { row: 'qwen-prm', given: 'values' })).message).toMatch(/answered \[.*\] where 2 numbers a token are wanted\.$/);
  });

  test('rows that are neither one a token nor one a step, and a trajectory over the context, before it is sent', async () => {
    expect((await faultOf({ logits: 2, stepTag: 'The' }, { row: 'qwen-prm', given: 'values' })).message).toMatch(/answered 1 rows for \d+ tokens and 2 steps/);
    expect(await faultOf({ logits: 2, contextTokens: 20 }, { row: 'qwen-prm', given: 'values' })).toMatchObject({ code: 'MODEL_CONTEXT_EXCEEDED', message: expect.stringMatching(/^Request r: question and steps have \d+ tokens; the context of m is 20\.$/) as string });
  });

  test('a server whose /tokenize is another one and gives no tokens', async () => {
    const server = await serve((_, response) => json(response, 200, { tokens: [] })); // as that of llama.cpp, which reads the text out of another field
    const scorer = openaiScorer({ url: server.url, model: 'm', row: 'medsss', given: 'values' });
    await expect(scorer.score(request)).rejects.toMatchObject({ code: 'MODEL_TOKENIZER_WRONG', message: expect.stringContaining('gives no tokens for a text: it does not speak as that of vLLM does.') as string });
    await scorer.close();
  });

  test('a server without /tokenize is MODEL_NOT_FOUND, and composed it says that it is the scorer and what to do', async () => {
    const server = await serve((_, response) => json(response, 404, { detail: 'Not Found' }));
    const scorer = composeScorer(openaiScorer({ url: server.url, model: 'm', row: 'qwen-prm', given: 'values' }), { inFlightMax: 2, giveUpAfterMs: 0 });
    await expect(scorer.score(request)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND', message: expect.stringMatching(/^The scorer: POST .*\/(de)?tokenize answered 404/) as string, hint: expect.stringContaining('--scorer') as string });
    await scorer.close();
  });
});

test('a server that is away for a while is waited for, and the scorer is named in the pause', async () => {
  const good = await scorerServer({ logits: 2 });
  let down = 3;
  const flaky = await serve(({ path, body }, response) => {
    if (path === '/pooling' && down-- > 0) { json(response, 503, { error: { message: 'overloaded' } }, { 'retry-after': '0' }); return; }
    void fetch(good.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }).then(async (reply) => json(response, reply.status, await reply.text()));
  });
  const pauses: string[] = [];
  const scorer = composeScorer(openaiScorer({ url: flaky.url, model: 'm', row: 'qwen-prm', given: 'values' }), {
    inFlightMax: 4, attemptsMax: 1, giveUpAfterMs: 60_000, observer: (signal) => { if (signal.kind === 'paused' || signal.kind === 'resumed') pauses.push(`${signal.kind} ${signal.of}`); else if (signal.kind === 'request') pauses.push('a request of a policy'); },
    clock: { now: () => performance.now(), sleep: (ms, stop) => new Promise((resolve, reject) => { const timer = setTimeout(resolve, Math.min(ms, 1)); stop?.addEventListener('abort', () => { clearTimeout(timer); reject(stop.reason); }); }) },
  });
  expect((await scorer.score(request)).values).toHaveLength(2);
  await scorer.close();
  expect([pauses[0], pauses.at(-1)]).toEqual(['paused scorer', 'resumed scorer']);
  expect(pauses).not.toContain('a request of a policy');
});

const conforming = await scorerServer({ logits: 2, delayMs: 1, kept: true });
afterAll(() => conforming.close());
scorerConformance('a server, qwen-prm', async () => composeScorer(openaiScorer({ url: conforming.url, model: 'm', row: 'qwen-prm', given: 'values' }), { inFlightMax: 8 }), { prefixTolerance: 1e-12 });
scorerConformance('a server, math-shepherd', async () => openaiScorer({ url: conforming.url, model: 'm', row: 'math-shepherd', given: 'logits' }), { prefixTolerance: 1e-12 });
scorerConformance('a server, medsss', async () => openaiScorer({ url: conforming.url, model: 'm', row: 'medsss', given: 'values' }), { prefixTolerance: 1e-12, stepsTooMany: 800 });

describe('an address', () => {
  test.each([
    ['openai:http://h:8000#Qwen/Qwen2.5-Math-PRM-7B', { url: 'http://h:8000', model: 'Qwen/Qwen2.5-Math-PRM-7B', row: 'qwen-prm', given: 'values' }],
    ['openai:http://h:8000#pixas/MedSSS_PRM@3', { url: 'http://h:8000', model: 'pixas/MedSSS_PRM', revision: '3', row: 'medsss', given: 'values' }],
    ['openai:http://h#peiyi9979/math-shepherd-mistral-7b-prm', { url: 'http://h', model: 'peiyi9979/math-shepherd-mistral-7b-prm', row: 'math-shepherd', given: 'logits' }],
    ['openai:http://h#own&row=medsss-sigmoid', { url: 'http://h', model: 'own', row: 'medsss-sigmoid', given: 'logits' }],
    ['openai:http://h#own@2&given=logits&row=one-logit', { url: 'http://h', model: 'own', revision: '2', row: 'one-logit', given: 'logits' }],
  ] as const)('%s is read', (text, address) => expect(parseScorer(text)).toEqual(address));

  test.each([
    ['openai:http://h#own', 'it does not say how "own" is read: the row is missing.'],
    ['openai:http://h#own&row=big', 'there is no row "big".'],
    ['openai:http://h#own&rows=medsss', '"rows" is no part of an address; row and given are.'],
    ['openai:http://h#own&row=medsss&given=both', 'given is "both", neither values nor logits.'],
    ['openai:http://h#own&row=math-shepherd&given=values', 'the row math-shepherd is read from the logits of words.'],
    ['openai:http://ann:word@h&row=medsss', 'the name of the model is missing after "#".'],
  ])('%s is refused', (text, why) => {
    expect(() => parseScorer(text)).toThrow(expect.objectContaining({ code: 'SETTING_INVALID', message: expect.stringContaining(why) as string }));
    expect(() => parseScorer(text)).not.toThrow('ann:word');
  });
});
