import { faultOfEvent, faultOfReply } from './errors.ts';
import { cachedOf, indexOf, reasoningOf, type Choices, type ReasoningFields, type UsageFields } from './from-response.ts';

export interface StreamReader {
  /** Takes the next piece of the answer, cut anywhere. Throws the fault of an error event. */
  push(text: string): void;
  /** The whole answer. MODEL_REPLY_INVALID when the stream ended before the choices did. */
  end(): Choices;
}

interface Event {
  readonly choices?: readonly { readonly index?: number; readonly text?: string; readonly delta?: ReasoningFields & { readonly content?: string | null }; readonly finish_reason?: string | null }[];
  readonly usage?: UsageFields & { readonly prompt_tokens?: number; readonly completion_tokens?: number } | null;
  readonly error?: unknown;
  readonly object?: string;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isEvent = (event: unknown): boolean => isObject(event) && (!('choices' in event) || event.choices === null || (Array.isArray(event.choices) && event.choices.every(isObject)));

/** Puts a stream of server-sent events together: choices interleaved by index, usage on the last event of a choice (llama.cpp) or of the stream (others), [DONE] or not. */
export function readStream(where: string): StreamReader {
  const parts: { text: string; reasoning: string; finish: string | null; tokens: number | undefined }[] = [];
  let rest = '', promptTokens: number | undefined, cachedTokens: number | undefined, total: number | undefined;

  const take = (data: string) => {
    if (data === '[DONE]') return;
    let event: Event;
    try { event = JSON.parse(data) as Event; } catch (cause) { throw faultOfReply(where, 'with an event that is not JSON', data, cause); }
    if (!isEvent(event)) throw faultOfReply(where, 'with an event of another shape', data);
    if (event.error !== undefined && event.error !== null || event.object === 'error') throw faultOfEvent(where, event);
    const usage = event.usage ?? undefined;
    if (usage?.prompt_tokens !== undefined) promptTokens = usage.prompt_tokens;
    cachedTokens = cachedOf(usage) ?? cachedTokens;
    if (usage !== undefined && (event.choices ?? []).length === 0) total = usage.completion_tokens;
    for (const choice of event.choices ?? []) {
      const part = (parts[indexOf(where, choice.index, 0)] ??= { text: '', reasoning: '', finish: null, tokens: undefined });
      part.reasoning += reasoningOf(choice.delta);
      part.text += choice.text ?? choice.delta?.content ?? '';
      if (choice.finish_reason) { part.finish = choice.finish_reason; part.tokens = usage?.completion_tokens ?? part.tokens; }
    }
  };

  return {
    push: (text) => {
      rest += text;
      for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
        const line = rest.slice(0, end).trimEnd();
        rest = rest.slice(end + 1);
        if (line.startsWith('data:')) take(line.slice(5).trim());
        else if (line.startsWith('error:')) take(line.slice(6).trim()); // older llama.cpp
      }
    },
    end: () => {
      if (rest.startsWith('data:')) take(rest.slice(5).trim());
      if (parts.length === 0) throw faultOfReply(where, 'with a stream that holds no choice');
      for (const [index, part] of parts.entries()) if (part !== undefined && part.finish === null) throw faultOfReply(where, `with a stream that ended in the middle of choice ${index}`);
      return { choices: parts, promptTokens, cachedTokens, completionTokens: total };
    },
  };
}
