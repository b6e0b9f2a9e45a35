import type { Message, SampleRequest } from '@slowthink/models';
import { choiceFields, tokensForChoices, type ChoiceFieldName } from './choice-fields.ts';
import type { Dialect } from './dialects.ts';

export interface Part {
  /** First sample of this part, 0.. */
  readonly first: number;
  readonly n: number;
}

export interface RequestBody {
  readonly path: '/v1/completions' | '/v1/chat/completions';
  readonly body: string;
}

const speakers = { system: 'System', user: 'User', assistant: 'Assistant' } as const;
const nextTurn = '\n\nUser:\n';

/** Messages and prefix as plain text, for servers that cannot continue an assistant's turn: "User:\n…\n\nAssistant:\n" and the prefix. */
export function renderPlainly(messages: readonly Message[], prefix: string): string {
  return `${messages.map((message) => `${speakers[message.role]}:\n${message.content}\n\n`).join('')}Assistant:\n${prefix}`;
}

/** Stop strings that end a sample: the request's, and in plain text also the beginning of the next turn. */
export const stopsOf = (dialect: Dialect, request: SampleRequest): readonly string[] => {
  const stops = request.stop.filter((stop) => stop !== '');
  return dialect.prefill === 'plain' ? [...stops, nextTurn] : stops;
};

export const pathOf = (dialect: Dialect, choiceField?: ChoiceFieldName): RequestBody['path'] =>
  (choiceField === undefined || !choiceFields[choiceField].chatOnly) && (dialect.prefill === 'template' || dialect.prefill === 'plain') ? '/v1/completions' : '/v1/chat/completions';

/**
 * The body of one request: samples `part` of the request, so seed + first. Sampling fields are always sent, because defaults differ; `dropped` are those that this server has refused while they were off.
 * `template` is the prompt as the server renders it, for dialects that give it. `choiceField` carries the words of a choice; without it they are not sent.
 */
export function toRequestBody(dialect: Dialect, model: string, request: SampleRequest, part: Part, template: string | undefined, dropped: ReadonlySet<string>, choiceField?: ChoiceFieldName): RequestBody {
  const { temperature, topP, topK, minP } = request.sampling;
  const choosing = choiceField === undefined ? undefined : choiceFields[choiceField], chat = choosing?.chatOnly === true;
  const maxTokens = choosing === undefined ? request.sampling.maxTokens : tokensForChoices(request.choices!, request.sampling.maxTokens);
  const path = pathOf(dialect, choiceField);
  const stops = (chat ? request.stop : stopsOf(dialect, request)).slice(0, dialect.stopsMax);
  const sampling = {
    n: part.n, seed: request.seed + part.first, max_tokens: maxTokens, temperature, top_p: topP,
    ...(dropped.has('top_k') ? {} : { top_k: topK === 0 ? dialect.topKOff : topK }), ...(dropped.has('min_p') ? {} : { min_p: minP }),
    ...(stops.length === 0 ? {} : { stop: stops }), ...(dialect.stream ? { stream: true, stream_options: { include_usage: true } } : {}), ...dialect.extra, ...choosing?.of(request.choices!),
  };
  if (dialect.prefill === 'template') return { path, body: JSON.stringify({ model, prompt: template! + request.prefix, ...sampling }) };
  if (dialect.prefill === 'plain' && !chat) return { path, body: JSON.stringify({ model, prompt: renderPlainly(request.messages, request.prefix), ...sampling }) };
  const messages = request.prefix === '' ? request.messages : [...request.messages, { role: 'assistant', content: request.prefix }];
  const going = dialect.prefill === 'chat-continue' && request.prefix !== '' ? { continue_final_message: true, add_generation_prompt: false } : {};
  return { path, body: JSON.stringify({ model, messages, ...sampling, ...going }) };
}
