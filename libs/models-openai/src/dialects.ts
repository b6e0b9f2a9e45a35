// What servers differ in behind the same URLs: one row each. Seen on real servers: llama.cpp. From documentation and sources: the others.

import type { ChoiceFieldName } from './choice-fields.ts';

export interface Dialect {
  readonly name: DialectName;
  /** `owned_by` of /v1/models. */
  readonly owners: readonly string[];
  /**
   * How an assistant's turn is begun. template: POST /apply-template gives the prompt as the server would render it, the prefix is appended, /v1/completions continues it byte for byte.
   * chat-continue: last message is the assistant's, `continue_final_message`. chat-prefill: the same without asking. plain: /v1/completions with the messages as plain text.
   */
  readonly prefill: 'template' | 'chat-continue' | 'chat-prefill' | 'plain';
  /** Samples a request at most; undefined: found out. 1 also where choice i is not drawn with seed + i. */
  readonly samplesMax: number | undefined;
  readonly topKOff: 0 | -1;
  /** Sampling fields it refuses or ignores; sending them is an error, "off" is its default. */
  readonly refuses: readonly ('top_k' | 'min_p')[];
  /** Stop strings a request at most; the rest is cut here. */
  readonly stopsMax: number;
  /** Answers are streamed: only then does hanging up free the server, and only there does each choice have its own token count. */
  readonly stream: boolean;
  /** Fields that take the words of a choice, in the order they are tried: one that the server refuses or ignores is not sent again. None: sampled freely. */
  readonly choices: readonly ChoiceFieldName[];
  /** Where the length of the context stands. */
  readonly context: 'props' | 'max_model_len' | 'info' | 'unknown';
  readonly extra: { readonly [field: string]: unknown };
}

export type DialectName = 'llama.cpp' | 'vllm' | 'sglang' | 'tgi' | 'ollama' | 'transformers-serve' | 'generic';

const row = { owners: [], samplesMax: undefined, topKOff: 0, refuses: [], stopsMax: Infinity, stream: false, choices: [], context: 'unknown', extra: {} } as const;

export const dialects: { readonly [Name in DialectName]: Dialect & { readonly name: Name } } = {
  // Its chat endpoint continues an assistant message too, but repeats it in every choice and passes it through the template and a reply parser; completions do neither. `n` above the slots is a 400.
  // The prompt cache is worth more than half the time of a search; its price: a prompt read from it gives other last bits than one read afresh, so the same seed gives the same text only while the cache is in the same state.
  'llama.cpp': { ...row, name: 'llama.cpp', owners: ['llamacpp', 'llama.cpp'], prefill: 'template', stream: true, choices: ['grammar'], context: 'props', extra: { cache_prompt: true } },
  // slowthink: tools/serve-scorer, which answers as vLLM does.
  vllm: { ...row, name: 'vllm', owners: ['vllm', 'slowthink'], prefill: 'chat-continue', choices: ['structured_outputs', 'guided_choice'], context: 'max_model_len' },
  // All n choices share one sampling seed, so each is asked alone; the radix cache makes siblings cheap.
  sglang: { ...row, name: 'sglang', owners: ['sglang'], prefill: 'chat-continue', samplesMax: 1, topKOff: -1, choices: ['regex'], context: 'max_model_len' },
  tgi: { ...row, name: 'tgi', prefill: 'plain', samplesMax: 1, refuses: ['top_k', 'min_p'], stopsMax: 4, choices: ['response_format'], context: 'info' },
  // Its /v1 knows JSON schemas only, no grammar and no list of words (github.com/ollama/ollama/issues/6237).
  ollama: { ...row, name: 'ollama', owners: ['library'], prefill: 'chat-prefill', samplesMax: 1, refuses: ['top_k', 'min_p'] },
  // Leaves stop strings in the text (cut here) and answers extra fields with 422; not recognisable by /v1/models.
  'transformers-serve': { ...row, name: 'transformers-serve', prefill: 'plain', samplesMax: 1, refuses: ['top_k', 'min_p'] },
  generic: { ...row, name: 'generic', prefill: 'plain' },
};

export const dialectNames = Object.keys(dialects) as readonly DialectName[];
