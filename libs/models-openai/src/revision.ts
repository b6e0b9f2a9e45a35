import { createHash } from 'node:crypto';

/** One row of /v1/models. */
export interface ListedModel {
  readonly id: string;
  readonly root?: string;
  readonly owned_by?: string;
  readonly parent?: string | null; // of an adapter: the model it is laid over
  readonly aliases?: readonly string[];
  readonly max_model_len?: number | null;
  readonly meta?: { readonly [field: string]: unknown } | null;
}

/** The last part of a name that is a path; any other name as it is. Where weights lie is no part of what they are (law 9). */
export const withoutFolder = <Name extends string | undefined>(name: Name): Name => (name !== undefined && /^([/\\.]|[A-Za-z]:[/\\])/.test(name) ? name.split(/[/\\]/).at(-1) : name) as Name;

/**
 * What tells two weights behind one URL apart: 20 hex digits of the sha256 of the name and, where there is one, of llama.cpp's `meta` (sizes, vocabulary, quantisation) or vLLM's `root`.
 * Not in it: `created`, folders, and `n_ctx`, which is a setting of the server and no property of the weights.
 */
export function revisionOf(model: ListedModel): string {
  const meta = Object.entries(model.meta ?? {}).filter(([field]) => field !== 'n_ctx').sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify([withoutFolder(model.id), withoutFolder(model.root) ?? null, meta])).digest('hex').slice(0, 20);
}
