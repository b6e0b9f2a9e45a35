import type { ServerReply } from './server-api.ts';

/** What a server said about an adapter. disabled: it has no such path. */
export type LoraOutcome = { readonly kind: 'done' } | { readonly kind: 'disabled' | 'unauthorized' | 'already loaded' | 'too many' | 'not found' | 'refused'; readonly said: string };

type Shape = { readonly error?: { readonly message?: unknown } | string; readonly message?: unknown; readonly detail?: unknown; readonly error_message?: unknown; readonly success?: unknown };

function wordsOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return String(body ?? '');
  const { error, message, detail, error_message: errorMessage } = body as Shape;
  const words = errorMessage ?? (typeof error === 'object' ? error?.message : error) ?? message ?? detail;
  return typeof words === 'string' ? words : JSON.stringify(words ?? body);
}

const kinds: readonly (readonly [RegExp, 'already loaded' | 'too many' | 'not found'])[] = [
  [/already (?:been )?loaded|already exists/i, 'already loaded'],
  [/maximum number of loaded lora adapters|max_loaded_loras|max_loras/i, 'too many'],
  [/no adapter found|cannot be found|no such file|not found|does not exist/i, 'not found'],
];

/** Reads an answer of vLLM or SGLang to load or unload; `said` is the server's own words, at most 300 characters. */
export function readLoraReply({ status, body }: ServerReply): LoraOutcome {
  const done = status >= 200 && status < 300 && (body as Shape | null)?.success !== false;
  if (done) return { kind: 'done' };
  const words = wordsOf(body).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim();
  const said = `${status}${words === '' ? '' : `: ${words.length > 300 ? `${words.slice(0, 297)}...` : words}`}`;
  if (status === 401 || status === 403) return { kind: 'unauthorized', said };
  if (status === 405 || (status === 404 && (typeof body !== 'object' || body === null || (body as Shape).detail !== undefined))) return { kind: 'disabled', said }; // the framework's own 404: there is no such path
  if (/lora is not enabled/i.test(words)) return { kind: 'disabled', said };
  return { kind: kinds.find(([pattern]) => pattern.test(words))?.[1] ?? 'refused', said };
}
