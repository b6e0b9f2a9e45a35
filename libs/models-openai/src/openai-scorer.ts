import { FaultError } from '@slowthink/faults';
import { layOutSteps, orCancelled, scorerRows, valueOf, type PolicyIdentity, type ScoreReply, type ScoreRequest, type ScorerRow, type ScorerRowName, type StepScorer } from '@slowthink/models';
import { detect } from './detect.ts';
import { faultOfReply } from './errors.ts';
import { openExchange, type Exchange } from './exchange.ts';
import { trimUrl } from './parse-policy.ts';
import { serverTokenizer, type ServerTokens } from './server-tokens.ts';

export interface OpenaiScorerOptions {
  /** Of the server, with or without /v1; may hold user and password. */
  readonly url: string;
  readonly model: string;
  readonly revision?: string;
  readonly row: ScorerRowName;
  /** What the numbers of a reply are; a row of words always gets logits. */
  readonly given: 'values' | 'logits';
  readonly apiKey?: string;
  /** From sending a request to the end of its answer. Default 120,000. */
  readonly timeoutMs?: number;
  /** Sockets at most. Default 64. */
  readonly connections?: number;
  /** Bytes of one answer at most. Default 32 MiB. */
  readonly replyBytesMax?: number;
}

/** The numbers of the row's labels or words, at each mark, and what the request cost. */
interface Numbers { readonly rows: readonly (readonly number[])[]; readonly promptTokens: number; readonly completionTokens: number }

/**
 * A step scorer on a model server as vLLM serves them: tokens by POST /tokenize, then one request a trajectory with these tokens. A head of labels is read by POST /pooling (task token_classify), whose reply has one row a
 * token or, where the server pools at step tags (STEP), one a step; the words of a language model by POST /v1/completions with prompt_logprobs. Not retried here: compose it. The revision names the row too.
 * Faults: those of a policy on a server, and MODEL_TOKENIZER_WRONG: marks or words that the server's tokenizer does not have.
 */
export function openaiScorer(options: OpenaiScorerOptions): StepScorer {
  const { model, revision, given, timeoutMs = 120_000, connections = 64, replyBytesMax = 32 * 2 ** 20 } = options;
  const row: ScorerRow = scorerRows[options.row];
  const exchange = openExchange({ url: trimUrl(new URL(options.url)), timeoutMs, connections, replyBytesMax, ...(options.apiKey === undefined ? {} : { apiKey: options.apiKey }) });
  const tokenizer = serverTokenizer(exchange, model, row);
  let words: Promise<readonly number[]> | undefined;

  const describe = async (signal?: AbortSignal): Promise<PolicyIdentity> => {
    const { description } = await detect(exchange, { model, dialect: 'vllm', ...(revision === undefined ? {} : { revision }) }, signal);
    return { model: description.model, revision: `${description.revision}:${options.row}` };
  };
  const wordIds = (): Promise<readonly number[]> => {
    words ??= Promise.all(row.words.map((word) => tokenizer.tokenOf(word, word)));
    words.catch(() => { words = undefined; });
    return words;
  };
  const score = async (request: ScoreRequest, signal?: AbortSignal): Promise<ScoreReply> => {
    signal?.throwIfAborted();
    const laidOut = layOutSteps(request, row);
    if (request.steps.length === 1) return { values: [], usage: { requests: 0, promptTokens: 0, completionTokens: 0 } };
    const tokens = await orCancelled(tokenizer.tokenize(laidOut, signal), signal);
    if (tokens.contextTokens !== undefined && tokens.ids.length > tokens.contextTokens) {
      throw new FaultError('MODEL_CONTEXT_EXCEEDED', `Request ${request.id}: question and steps have ${tokens.ids.length} tokens; the context of ${model} is ${tokens.contextTokens}.`, { hint: 'Start the server with a longer context; steps are never cut off.' });
    }
    const { rows, promptTokens, completionTokens } = row.head === 'words' ? await readWords(exchange, model, request.id, tokens, await orCancelled(wordIds(), signal), signal) : await readLabels(exchange, model, row, given, tokens, signal);
    const values = rows.slice(laidOut.unvalued).map((numbers) => (given === 'values' ? numbers[row.right]! : row.head === 'words' && numbers[row.right] === -Infinity ? 0 : valueOf(row, numbers)));
    return { values, usage: { requests: 1, promptTokens, completionTokens } };
  };
  return { describe, score, close: () => exchange.close() };
}

const usageOf = (reply: { readonly usage?: { readonly prompt_tokens?: unknown; readonly completion_tokens?: unknown } | null }, tokens: ServerTokens) => {
  const count = (value: unknown): number | undefined => (typeof value === 'number' && value >= 0 ? value : undefined);
  return { promptTokens: count(reply.usage?.prompt_tokens) ?? tokens.ids.length, completionTokens: count(reply.usage?.completion_tokens) ?? 0 };
};

const parse = <Reply>(where: string, text: string): Reply => { try { return JSON.parse(text) as Reply; } catch (cause) { throw faultOfReply(where, 'something that is not JSON', text, cause); } };

interface PoolingReply { readonly data?: readonly ({ readonly data?: unknown } | null)[]; readonly usage?: { readonly prompt_tokens?: unknown } }

/** POST /pooling: vllm/entrypoints/pooling/pooling/protocol.py. MODEL_REPLY_INVALID: rows of another count or width, numbers that are no values though values are asked for. */
async function readLabels(exchange: Exchange, model: string, row: ScorerRow, given: 'values' | 'logits', tokens: ServerTokens, signal?: AbortSignal): Promise<Numbers> {
  const where = exchange.where('POST', '/pooling'), { ids, marks } = tokens;
  const text = await exchange.send('POST', '/pooling', JSON.stringify({ model, input: ids, task: 'token_classify', encoding_format: 'float', use_activation: given === 'values' }), signal);
  const reply = parse<PoolingReply>(where, text), data = reply?.data?.[0]?.data;
  if (!Array.isArray(data)) throw faultOfReply(where, 'without a list of numbers', text);
  if (data.length !== ids.length && data.length !== marks.length) throw faultOfReply(where, `${data.length} rows for ${ids.length} tokens and ${marks.length} steps`, text);
  const rows = (data.length === marks.length ? data : marks.map((at) => data[at] as unknown)).map((numbers) => (typeof numbers === 'number' ? [numbers] : numbers));
  for (const numbers of rows) {
    if (!Array.isArray(numbers) || numbers.length !== row.logits || !numbers.every((number) => Number.isFinite(number))) throw faultOfReply(where, `${JSON.stringify(numbers)?.slice(0, 80)} where ${row.logits} ${row.logits === 1 ? 'number' : 'numbers'} a token ${row.logits === 1 ? 'is' : 'are'} wanted`);
    if (given === 'values' && !isDistribution(numbers as number[], row)) {
      throw new FaultError('MODEL_REPLY_INVALID', `${where} answered ${JSON.stringify(numbers).slice(0, 80)}, which are no values from 0 to 1${row.activation === 'softmax' ? ' that add up to 1' : ''}: they look like logits.`, { hint: 'Write &given=logits behind the address in --scorer.' });
    }
  }
  return { rows: rows as number[][], ...usageOf(reply, tokens) };
}

const isDistribution = (numbers: readonly number[], { activation }: ScorerRow): boolean =>
  numbers.every((number) => number >= 0 && number <= 1) && (activation === 'sigmoid' || Math.abs(numbers.reduce((sum, number) => sum + number, 0) - 1) < 0.02); // half precision adds up to 1 +- 0.01

const likeliest = 20; // --max-logprobs of vLLM when it is not set

interface CompletionReply { readonly choices?: readonly ({ readonly prompt_logprobs?: unknown } | null)[]; readonly usage?: { readonly prompt_tokens?: unknown; readonly completion_tokens?: unknown } }

/**
 * POST /v1/completions with prompt_logprobs: entry t + 1 holds the likeliest tokens behind token t. A word that is not among them counts as impossible (at 20 of them it has less than a twentieth of the probability); where
 * none of the words is, MODEL_REFUSED.
 */
async function readWords(exchange: Exchange, model: string, id: string, tokens: ServerTokens, words: readonly number[], signal?: AbortSignal): Promise<Numbers> {
  const path = '/v1/completions', where = exchange.where('POST', path), { ids, marks } = tokens;
  const prompt = marks.at(-1) === ids.length - 1 ? [...ids, ids.at(-1)!] : ids; // an entry behind the last mark
  const text = await exchange.send('POST', path, JSON.stringify({ model, prompt, max_tokens: 1, temperature: 0, n: 1, prompt_logprobs: likeliest }), signal);
  const reply = parse<CompletionReply>(where, text), entries = reply?.choices?.[0]?.prompt_logprobs;
  if (!Array.isArray(entries) || entries.length !== prompt.length) throw faultOfReply(where, Array.isArray(entries) ? `${entries.length} prompt_logprobs for ${prompt.length} tokens` : 'without prompt_logprobs, which this scorer is read from', text);
  const rows = marks.map((at, k) => {
    const behind = (entries[at + 1] ?? {}) as { readonly [id: string]: { readonly logprob?: unknown } | undefined };
    const numbers = words.map((word) => { const logprob = behind[String(word)]?.logprob; return typeof logprob === 'number' ? logprob : -Infinity; });
    if (numbers.every((number) => number === -Infinity)) throw new FaultError('MODEL_REFUSED', `Request ${id}: behind step ${k + 1} none of the words that ${model} is read by is among its ${likeliest} likeliest tokens.`, { hint: 'Leave this solution out; where every solution ends so, the scorer is of another kind than its row.' });
    return numbers;
  });
  return { rows, ...usageOf(reply, tokens) };
}
