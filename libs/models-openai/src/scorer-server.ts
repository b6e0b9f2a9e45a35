// A server for tests that answers /tokenize, /detokenize, /pooling and /v1/completions in the shapes that vLLM documents, over a toy vocabulary.
import type { ServerResponse } from 'node:http';
import { json, serve, type Seen, type TestServer } from './test-server.ts';

export interface ScorerServerOptions {
  readonly logits: number;
  /** Every token has its row (pooling type ALL), or only the tokens with this text (STEP). Default: all. */
  readonly stepTag?: string;
  /** Leaves `use_activation` unread and gives logits, as a version that does not know it. */
  readonly raw?: boolean;
  readonly contextTokens?: number;
  /** Texts that are one token each; longer ones first. Default: the blank line, <extra_0>, ки and its two words. */
  readonly tokens?: readonly string[];
  readonly delayMs?: number;
  readonly kept?: boolean;
}

export interface ScorerServer extends TestServer {
  /** The text as this server cuts it. */
  readonly cut: (text: string) => readonly string[];
  /** The logits at the last of these tokens. */
  readonly logitsOf: (tokens: readonly string[], wide?: number) => readonly number[];
}

const usual = ['<extra_0>', '\n\n', ' ки', ' +', ' -'];

/** 0..1 from a text. */
function unit(text: string): number {
  let state = 0x811c9dc5;
  for (const sign of text) state = Math.imul(state ^ sign.codePointAt(0)!, 0x01000193);
  return ((state ^ (state >>> 15)) >>> 0) / 2 ** 32;
}

export async function scorerServer({ logits, stepTag, raw = false, contextTokens = 8192, tokens = usual, delayMs = 0, kept = false }: ScorerServerOptions): Promise<ScorerServer> {
  const ids = new Map<string, number>(), texts: string[] = [];
  const idOf = (text: string): number => { const known = ids.get(text); if (known !== undefined) return known; ids.set(text, texts.push(text) + 99); return texts.length + 99; };
  const escaped = tokens.map((token) => token.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`${escaped.join('|')}|<bos>|\\[/?[SUA]\\]| ?[\\p{L}\\p{N}]+|[^]`, 'gu');
  const cut = (text: string): readonly string[] => text.match(pattern) ?? [];
  const logitsOf = (before: readonly string[], wide = logits): readonly number[] => Array.from({ length: wide }, (_, j) => 4 * unit(`${j}|${before.join('|')}`) - 2);

  interface Turn { readonly role: string; readonly content: string }
  const render = (messages: readonly Turn[], opened: boolean): string => messages.map(({ role, content }, at) => `[${role[0]!.toUpperCase()}]${content}${opened && at === messages.length - 1 ? '' : `[/${role[0]!.toUpperCase()}]`}`).join('');

  const answer = ({ path, body }: Seen, response: ServerResponse): void => {
    if (path === '/tokenize') {
      const { prompt, messages, add_special_tokens: special, add_generation_prompt: begin, continue_final_message: open } = body as { prompt?: string; messages?: readonly Turn[]; add_special_tokens?: boolean; add_generation_prompt?: boolean; continue_final_message?: boolean };
      const text = prompt === undefined ? render(messages!, open === true) + (begin === true ? '[A]' : '') : (special === true ? '<bos>' : '') + prompt;
      const given = cut(text).map(idOf);
      json(response, 200, { count: given.length, max_model_len: contextTokens, tokens: given, token_strs: null });
    } else if (path === '/detokenize') json(response, 200, { prompt: (body!['tokens'] as number[]).map((id) => texts[id - 100]!).join('') });
    else if (path === '/pooling') {
      const words = (body!['input'] as number[]).map((id) => texts[id - 100]!);
      const rows = words.flatMap((word, at) => (stepTag === undefined || word === stepTag ? [activate(logitsOf(words.slice(0, at + 1)), !raw && body!['use_activation'] === true)] : []));
      json(response, 200, { id: 'pool-1', object: 'list', created: 1, model: 'm', data: [{ index: 0, object: 'pooling', data: rows }], usage: { prompt_tokens: words.length, total_tokens: words.length, completion_tokens: 0, prompt_tokens_details: null } });
    } else if (path === '/v1/completions') {
      const words = (body!['prompt'] as number[]).map((id) => texts[id - 100]!);
      const entries = words.map((_, at) => (at === 0 ? null : Object.fromEntries([' +', ' -'].map((word, j) => [String(idOf(word)), { logprob: logitsOf(words.slice(0, at), 2)[j]! - 3, rank: j + 1, decoded_token: word }]))));
      json(response, 200, { id: 'cmpl-1', object: 'text_completion', created: 1, model: 'm', choices: [{ index: 0, text: ' x', logprobs: null, finish_reason: 'length', stop_reason: null, prompt_logprobs: entries }], usage: { prompt_tokens: words.length, total_tokens: words.length + 1, completion_tokens: 1 } });
    } else json(response, 404, { error: { message: 'Not Found', type: 'NotFoundError', code: 404 } });
  };
  const server = await serve((seen, response) => { if (delayMs > 0) setTimeout(() => answer(seen, response), delayMs); else answer(seen, response); },
    { kept, models: { object: 'list', data: [{ id: 'm', object: 'model', owned_by: 'vllm', root: 'm', max_model_len: contextTokens }] } });
  return { ...server, cut, logitsOf };
}

function activate(logits: readonly number[], activated: boolean): readonly number[] {
  if (!activated) return logits;
  if (logits.length === 1) return [1 / (1 + Math.exp(-logits[0]!))];
  const sum = logits.reduce((all, logit) => all + Math.exp(logit), 0);
  return logits.map((logit) => Math.exp(logit) / sum);
}
