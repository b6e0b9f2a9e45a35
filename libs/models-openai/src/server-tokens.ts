// Text to tokens by the server that serves a scorer: POST /tokenize and /detokenize of vLLM (vllm/entrypoints/serve/tokenize/protocol.py).
import { FaultError } from '@slowthink/faults';
import type { LaidOut, Message, ScorerRow } from '@slowthink/models';
import { faultOfReply } from './errors.ts';
import type { Exchange } from './exchange.ts';

/** A trajectory in tokens. */
export interface ServerTokens {
  readonly ids: readonly number[];
  /** Where the values of the pieces are read, one a piece. */
  readonly marks: readonly number[];
  readonly contextTokens: number | undefined;
}

export interface ServerTokenizer {
  tokenize(laidOut: LaidOut, signal?: AbortSignal): Promise<ServerTokens>;
  /** The id of the last token of `text`; MODEL_TOKENIZER_WRONG where that token alone is not `word`. */
  tokenOf(text: string, word: string, signal?: AbortSignal): Promise<number>;
}

const promptsMax = 512; // tokenized questions that are kept: one serves all its candidates

/**
 * A row whose mark is a token takes one request a trajectory, and one for the mark itself, once. A row whose mark is text takes one a piece: each step is tokenized by itself with its separator and the ids are
 * joined, as training does it, so that the last token of a piece is where its value is read; whether the tokenizer would join it with the next step is tried once. MODEL_TOKENIZER_WRONG: it would, or it has no such token.
 */
export function serverTokenizer(exchange: Exchange, model: string, row: ScorerRow): ServerTokenizer {
  const questions = new Map<string, Promise<readonly number[]>>();
  let contextTokens: number | undefined;
  let mark: Promise<number> | undefined, tried: Promise<void> | undefined;

  const wrong = (what: string) => new FaultError('MODEL_TOKENIZER_WRONG', `The tokenizer behind ${exchange.where('POST', '/tokenize')} ${what}`);
  const ask = async (body: object, signal?: AbortSignal): Promise<readonly number[]> => {
    const reply = await exchange.send('POST', '/tokenize', JSON.stringify({ model, ...body }), signal);
    let read: { readonly tokens?: unknown; readonly max_model_len?: unknown };
    try { read = JSON.parse(reply) as typeof read; } catch (cause) { throw faultOfReply(exchange.where('POST', '/tokenize'), 'something that is not JSON', reply, cause); }
    if (!Array.isArray(read?.tokens) || !read.tokens.every((id) => Number.isSafeInteger(id))) throw faultOfReply(exchange.where('POST', '/tokenize'), 'without a list of tokens', reply);
    if (read.tokens.length === 0) throw wrong('gives no tokens for a text: it does not speak as that of vLLM does.');
    if (typeof read.max_model_len === 'number' && read.max_model_len > 0) contextTokens = read.max_model_len;
    return read.tokens as readonly number[];
  };
  const plain = (prompt: string, special: boolean, signal?: AbortSignal) => ask({ prompt, add_special_tokens: special }, signal);
  /** The whole as one text: no turn is closed behind it. */
  const whole = (messages: readonly Message[], text: string, signal?: AbortSignal) => (row.turns === 'plain' ? plain(messages[0]!.content + text, true, signal)
    : ask({ messages: [...messages, { role: 'assistant', content: text }], add_generation_prompt: false, continue_final_message: true, add_special_tokens: false }, signal));

  /** Everything in front of the steps. */
  const question = (messages: readonly Message[]): Promise<readonly number[]> => { // shared: nobody's signal ends it
    const key = JSON.stringify(messages), kept = questions.get(key);
    if (kept !== undefined) return kept;
    const asked = row.turns === 'plain' ? plain(messages[0]!.content, true) : ask({ messages, add_generation_prompt: true, add_special_tokens: false });
    if (questions.size >= promptsMax) questions.delete(questions.keys().next().value!);
    questions.set(key, asked);
    asked.catch(() => questions.delete(key));
    return asked;
  };
  const byPieces = async ({ messages, pieces }: LaidOut, signal?: AbortSignal): Promise<ServerTokens> => {
    const [front, ...parts] = await Promise.all([question(messages), ...pieces.map((piece) => plain(piece, false, signal))]);
    const ids = [...front!], marks: number[] = [];
    for (const part of parts) { ids.push(...part); marks.push(ids.length - 1); }
    return { ids, marks, contextTokens };
  };
  const tokenOf = async (text: string, word: string, signal?: AbortSignal): Promise<number> => {
    const id = (await plain(`x${text}`, false, signal)).at(-1);
    const reply = await exchange.send('POST', '/detokenize', JSON.stringify({ model, tokens: [id] }), signal);
    let said: unknown;
    try { said = (JSON.parse(reply) as { readonly prompt?: unknown }).prompt; } catch { /* named below */ }
    if (id === undefined || typeof said !== 'string') throw faultOfReply(exchange.where('POST', '/detokenize'), 'without a text', reply);
    if (said.trim() !== word.trim()) throw wrong(`has no token ${JSON.stringify(word)}, which the scorer reads: it is not the one that this scorer was trained with.`);
    return id;
  };
  /** A value is read behind a step; a token that runs over its end has no place for it. */
  const tryPieces = async (signal?: AbortSignal): Promise<void> => {
    const laidOut: LaidOut = { messages: [{ role: 'user', content: 'How many mg?' }], pieces: ["Step 0: Let's begin.", 'Step 1: 60 mg.'].map((step) => step + row.separator), unvalued: 1 };
    const [apart, joined] = [await byPieces(laidOut, signal), await whole(laidOut.messages, laidOut.pieces.join('').slice(0, -row.separator.length), signal)];
    const end = apart.marks[0]! + 1;
    if (joined.length <= end || joined.slice(0, end).some((id, at) => id !== apart.ids[at])) throw wrong(`joins the step separator ${JSON.stringify(row.separator)} with what stands behind it, or writes a step otherwise alone: the value of a step has no place. It is not the one that this scorer was trained with.`);
  };
  const once = <Value>(promise: Promise<Value>, forget: () => void): Promise<Value> => { promise.catch(forget); return promise; };

  return {
    tokenOf,
    tokenize: async (laidOut, signal) => {
      if (row.markIs === 'text') {
        await (tried ??= once(tryPieces(), () => { tried = undefined; }));
        return byPieces(laidOut, signal);
      }
      const id = await (mark ??= once(tokenOf(row.separator.slice(0, row.separator.indexOf(row.mark) + row.mark.length), row.mark), () => { mark = undefined; }));
      const ids = await whole(laidOut.messages, laidOut.pieces.join(''), signal);
      const places = ids.flatMap((one, at) => (one === id ? [at] : []));
      const marks = places.slice(Math.max(0, places.length - laidOut.pieces.length)); // one in the question comes before
      if (marks.length < laidOut.pieces.length) throw wrong(`gives ${marks.length} of ${laidOut.pieces.length} steps a token ${JSON.stringify(row.mark)} at their ends: it is not the one that this scorer was trained with.`);
      return { ids, marks, contextTokens };
    },
  };
}
