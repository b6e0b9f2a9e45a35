import type { Sample, SampleRequest } from '@slowthink/models';
import { FaultError } from '@slowthink/faults';
import { faultOfEvent, faultOfReply } from './errors.ts';

/** A choice as the server gave it. */
export interface Choice {
  readonly text: string;
  /** What the server's reasoning parser took out of the text; undefined or '' where there is none. */
  readonly reasoning?: string;
  readonly finish: string | null;
  /** undefined: the server only counts them together. */
  readonly tokens: number | undefined;
}

export interface Choices {
  /** By index; a hole where the server gave none. */
  readonly choices: readonly (Choice | undefined)[];
  readonly promptTokens: number | undefined;
  readonly cachedTokens: number | undefined;
  /** All choices together. */
  readonly completionTokens: number | undefined;
}

/** Choices one answer may number, whatever was asked for: an index above it is no answer. */
const indexMax = 65_535;
/** No vocabulary has longer tokens: the longest are runs of white space. */
const tokenBytesMax = 256;

/** Where a choice stands; `at` when it does not say. Faults: MODEL_REPLY_INVALID. */
export function indexOf(where: string, index: unknown, at: number): number {
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0) return at;
  if (index > indexMax) throw faultOfReply(where, `with a choice of index ${index}`);
  return index;
}

const count = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined);

/** Reads the body of an answer that was not streamed. Faults: MODEL_REPLY_INVALID for half a JSON or another shape; an {error} inside the answer as errors.ts has it. */
export function readChoices(where: string, body: string): Choices {
  let value: { readonly choices?: unknown; readonly error?: unknown; readonly object?: unknown; readonly usage?: UsageFields & { readonly completion_tokens?: unknown } | null };
  try { value = JSON.parse(body) as typeof value; } catch (cause) { throw faultOfReply(where, 'something that is not JSON', body, cause); }
  if (value === null || typeof value !== 'object') throw faultOfReply(where, 'JSON of another shape', body);
  if (value.error !== undefined && value.error !== null || value.object === 'error') throw faultOfEvent(where, value);
  if (!Array.isArray(value.choices)) throw faultOfReply(where, 'without choices', body);
  if (value.choices.length === 0) throw faultOfReply(where, 'with no choice at all', body);
  const choices: (Choice | undefined)[] = [];
  for (const [at, choice] of (value.choices as { index?: unknown; text?: unknown; message?: ReasoningFields & { content?: unknown }; finish_reason?: unknown }[]).entries()) {
    const reasoning = reasoningOf(choice?.message);
    const text = choice?.text ?? choice?.message?.content ?? (reasoning === '' ? undefined : ''); // null while it still thought
    if (typeof text !== 'string') throw faultOfReply(where, 'with a choice that holds no text', body);
    choices[indexOf(where, choice.index, at)] = { text, ...(reasoning === '' ? {} : { reasoning }), finish: typeof choice.finish_reason === 'string' ? choice.finish_reason : null, tokens: undefined };
  }
  return { choices, promptTokens: count(value.usage?.prompt_tokens), cachedTokens: cachedOf(value.usage), completionTokens: count(value.usage?.completion_tokens) };
}

export interface UsageFields { readonly prompt_tokens?: unknown; readonly prompt_tokens_details?: { readonly cached_tokens?: unknown } | null }

/** Tokens of the prompt that a prefix cache held, as vLLM, SGLang, llama.cpp and OpenAI say it; undefined where the server says nothing, which is not the same as none. */
export const cachedOf = (usage: UsageFields | null | undefined): number | undefined => count(usage?.prompt_tokens_details?.cached_tokens);

/** `reasoning_content` (DeepSeek, SGLang, llama.cpp, older vLLM) or `reasoning` (newer vLLM). */
export interface ReasoningFields { readonly reasoning_content?: unknown; readonly reasoning?: unknown }

/** The thought in a message or delta of a chat reply; '' where there is none. */
export function reasoningOf(said: ReasoningFields | undefined): string {
  const thought = said?.reasoning_content ?? said?.reasoning;
  return typeof thought === 'string' ? thought : '';
}

const endings: { readonly [reason: string]: Sample['finish'] } = { stop: 'stop', eos: 'stop', eos_token: 'stop', stop_sequence: 'stop', end_turn: 'stop', length: 'length', max_tokens: 'length' };

/**
 * One choice as a sample: cut before the first stop string whether or not the server did, without half a character at the end, and with finish length when the context was full. Stop strings do not count in a thought that the server keeps apart.
 * A text far longer than the tokens that were asked for is MODEL_REPLY_INVALID.
 * `context` is prompt tokens and context length where both are known.
 */
export function toSample(where: string, choice: Choice, tokens: number, request: SampleRequest, context?: { readonly promptTokens: number; readonly contextTokens: number }): Sample {
  if (choice.finish === 'abort' || choice.finish === 'error') throw new FaultError('MODEL_SERVER_ERROR', `${where} broke a choice off (finish_reason ${choice.finish}).`);
  let end = -1;
  for (const stop of request.stop) {
    const at = stop === '' ? -1 : choice.text.indexOf(stop);
    if (at >= 0 && (end < 0 || at < end)) end = at;
  }
  const { reasoning = '' } = choice, said = end >= 0 ? choice.text.slice(0, end) : choice.text;
  const bytes = Buffer.byteLength(said) + Buffer.byteLength(reasoning);
  if (bytes > request.sampling.maxTokens * tokenBytesMax) throw faultOfReply(where, `with a text of ${bytes} bytes where ${request.sampling.maxTokens} tokens were asked for`);
  if (end >= 0) return { text: said, ...(reasoning === '' ? {} : { reasoning }), finish: 'stop', tokens };
  let finish = choice.finish === null ? (tokens >= request.sampling.maxTokens ? 'length' as const : 'stop' as const) : endings[choice.finish];
  if (finish === undefined) throw faultOfReply(where, `with finish_reason ${JSON.stringify(choice.finish)}`);
  if (context !== undefined && context.promptTokens + tokens >= context.contextTokens) finish = 'length';
  const whole = (text: string): string => (finish === 'length' ? text.replace(/\uFFFD+$/, '') : text);
  return { text: whole(said), ...(reasoning === '' ? {} : { reasoning: whole(reasoning) }), finish, tokens };
}

/**
 * Tokens of each choice. Where the server counts them together, choices that ended by length have maxTokens and the rest is shared out by length of text, so that the sum is the server's;
 * where it does not count at all, four bytes are a token. Estimates serve budgets and speed, never labels.
 */
export function shareTokens(choices: readonly Choice[], total: number | undefined, maxTokens: number): readonly number[] {
  if (choices.every((choice) => choice.tokens !== undefined)) return choices.map((choice) => choice.tokens!);
  if (total !== undefined && choices.length === 1) return [total];
  const bytes = choices.map((choice) => Buffer.byteLength(choice.text) + Buffer.byteLength(choice.reasoning ?? ''));
  if (total === undefined) return choices.map((choice, i) => choice.tokens ?? (choice.finish === 'length' ? maxTokens : Math.min(maxTokens, Math.ceil(bytes[i]! / 4))));
  const full = choices.map((choice) => choice.finish === 'length' || choice.finish === 'max_tokens');
  const left = total - full.filter(Boolean).length * maxTokens;
  const whole = left >= 0 ? full : full.map(() => false); // cut by the context: maxTokens was not reached
  const open = bytes.reduce((sum, size, i) => (whole[i] ? sum : sum + size), 0);
  const rest = left >= 0 ? left : total;
  let given = 0, seen = 0;
  return choices.map((_, i) => {
    if (whole[i]) return maxTokens;
    seen += bytes[i]!;
    const upTo = open === 0 ? 0 : Math.round((rest * seen) / open);
    const tokens = upTo - given;
    given = upTo;
    return tokens;
  });
}
