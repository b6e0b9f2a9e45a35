import { FaultError } from '@slowthink/faults';
import type { SampleRequest } from '@slowthink/models';
import { choiceFields, type ChoiceFieldName } from './choice-fields.ts';
import type { Part } from './to-request-body.ts';

export interface Lesson {
  /** Samples a request that the server takes. */
  readonly samplesMax?: number;
  /** A sampling field that it does not know and that is off in this request. */
  readonly drop?: 'top_k' | 'min_p';
  /** It cannot be told the words of a choice in this field. */
  readonly unable?: ChoiceFieldName;
}

/**
 * What a refusal (400, 422) teaches about the server: how many samples a request may ask for ("1 <= value <= 8", "n must be at most 4", "n > 1 is not supported"), or that it does not know a field. A field is left out
 * only while it is off: a model never samples otherwise than it was told; the one that carries a choice is left out too, since whoever asks reads the text either way. undefined: the refusal is about the request.
 */
export function learnFrom(error: unknown, request: SampleRequest, part: Part, dropped: ReadonlySet<string>, choiceField?: ChoiceFieldName): Lesson | undefined {
  if (!(error instanceof FaultError) || error.code !== 'MODEL_REFUSED') return undefined;
  const said = error.message;
  const limit = /\b['"`]?n['"`]?\b.{0,40}(?:<= value <=|at most|less than or equal to) ?(\d+)/.exec(said)?.[1];
  if (limit !== undefined && Number(limit) >= 1 && Number(limit) < part.n) return { samplesMax: Number(limit) };
  if (part.n > 1 && /\bn\b ?(?:> ?1|!= ?1)|(?:only|must be).{0,20}\bn ?=?=? ?1\b|\b(?:parameter|field) ['"`]?n['"`]?\b.{0,30}not supported/i.test(said)) return { samplesMax: 1 };
  if (request.sampling.topK === 0 && !dropped.has('top_k') && /\btop_k\b/.test(said)) return { drop: 'top_k' };
  if (request.sampling.minP === 0 && !dropped.has('min_p') && /\bmin_p\b/.test(said)) return { drop: 'min_p' };
  if (choiceField !== undefined && choiceFields[choiceField].refusal.test(said)) return { unable: choiceField };
  return undefined;
}
