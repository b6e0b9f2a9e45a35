// How a server is told the words of a choice: one row a field. Seen on a real server: grammar. From documentation and sources: the others.
import type { SampleRequest } from '@slowthink/models';
import type { Dialect } from './dialects.ts';
import type { Choice } from './from-response.ts';

export interface ChoiceField {
  readonly of: (words: readonly string[]) => { readonly [field: string]: unknown };
  /** The server knows it in its chat endpoint only: for a dialect that is otherwise asked in plain text, and where no turn has to be continued. */
  readonly chatOnly: boolean;
  /** A refusal that is about this field. */
  readonly refusal: RegExp;
}

/** A string of GBNF, and one of a regular expression. */
const quoted = (word: string): string => JSON.stringify(word);
const escaped = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

const oneOf = (words: readonly string[]): string => `(${words.map(escaped).join('|')})`;

export type ChoiceFieldName = 'grammar' | 'structured_outputs' | 'guided_choice' | 'regex' | 'response_format';

export const choiceFields: { readonly [Name in ChoiceFieldName]: ChoiceField } = {
  // llama.cpp, grammars/README.md. A grammar that it cannot read is a 400 "Failed to initialize samplers: failed to parse grammar"; older ones ignored it (github.com/ggml-org/llama.cpp/pull/19349).
  grammar: { of: (words) => ({ grammar: `root ::= ${words.map(quoted).join(' | ')}` }), chatOnly: false, refusal: /grammar/i },
  // vLLM (docs.vllm.ai/en/latest/features/structured_outputs: guided_choice was removed in 0.12). Either way a field that it does not know is ignored with status 200 (github.com/dottxt-ai/outlines/pull/1888).
  structured_outputs: { of: (words) => ({ structured_outputs: { choice: words } }), chatOnly: false, refusal: /structured[_ ]?output/i },
  guided_choice: { of: (words) => ({ guided_choice: words }), chatOnly: false, refusal: /guided/i },
  // SGLang (docs.sglang.io/advanced_features/structured_outputs). Started with --grammar-backend none it refuses: "Grammar-based generation (json_schema, regex, ebnf, structural_tag) is not supported …".
  regex: { of: (words) => ({ regex: oneOf(words) }), chatOnly: false, refusal: /\bregex\b|grammar/i },
  // TGI: `grammar` belongs to /generate, its chat endpoint calls the same `response_format` (github.com/huggingface/text-generation-inference/pull/2046); /v1/completions knows neither.
  response_format: { of: (words) => ({ response_format: { type: 'regex', value: oneOf(words) } }), chatOnly: true, refusal: /response_format|grammar|template/i },
};

/** The first field of the dialect that can carry the request's choices and that this server has not shown to be unable of; undefined: the words are sampled freely. */
export function choiceFieldOf(dialect: Dialect, { choices, prefix }: SampleRequest, unable: ReadonlySet<ChoiceFieldName>): ChoiceFieldName | undefined {
  return choices === undefined ? undefined : dialect.choices.find((name) => !unable.has(name) && !(choiceFields[name].chatOnly && prefix !== ''));
}

/** Tokens for any of the words and for the end behind it: a token holds a byte at least. More costs nothing, the words themselves end the text. */
export const tokensForChoices = (words: readonly string[], maxTokens: number): number => Math.max(maxTokens, ...words.map((word) => Buffer.byteLength(word) + 1));

/** False when a text is none of the words, nor the beginning of one that the end of the context cut off: the server does not know the field and says nothing. */
export function keepsToChoices(words: readonly string[], texts: readonly Pick<Choice, 'text' | 'finish'>[]): boolean {
  return texts.every(({ text, finish }) => words.some((word) => word === text.trim() || (finish === 'length' && word.startsWith(text.trim()))));
}
