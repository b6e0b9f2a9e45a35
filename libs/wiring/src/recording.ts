// The candidates of an earlier evaluation: re-scoring asks no model, and everything else of the stream stays as it is.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { FaultError } from '@slowthink/faults';
import type { Policy, PolicyIdentity } from '@slowthink/models';
import { joinSteps, openStep, STEP_ZERO, type Stepping } from '@slowthink/prompts';
import type { Candidate, CandidatesRecord, Solution, VerdictsRecord } from '@slowthink/records';
import { itemsFileOf, readItemLines } from '@slowthink/results';

/** What a recording says of an item: everything of a candidates record but whose it is now. */
export type RecordedCandidates = Pick<CandidatesRecord, 'decode' | 'samples' | 'greedy' | 'usage' | 'greedyUsage' | 'scorerUsage'>;

export interface Recording {
  /** Of the policy that wrote the candidates, so that results say who answered. */
  readonly identity: PolicyIdentity;
  /** The first n candidates of an item, or as many as there are, with their own seeds and what they cost; the greedy one where it is there. MODEL_REFUSED for an item that was not recorded. */
  candidatesOf(itemId: string, n: number, stepping: Stepping): Promise<RecordedCandidates>;
  close(): Promise<void>;
}

/** "recorded:PATH" of --policy or --scorer. */
export const isRecorded = (text: string): boolean => text.startsWith('recorded:');
export const pathOfRecorded = (text: string): string => text.slice('recorded:'.length);

/** sha256 of the items file of a recording: what a folder goes on with. RESULTS_MISSING. */
export async function hashOfRecording(text: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(itemsFileOf(pathOfRecorded(text)), { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}

/** Opens the items file of an evaluation. Memory: where each item stands in it. RESULTS_MISSING, RESULTS_BROKEN. */
export async function openRecording(path: string): Promise<Recording> {
  const file = itemsFileOf(path);
  const places = new Map<string, { readonly at: number; readonly length: number }>();
  let identity: PolicyIdentity | undefined;
  for await (const { item, at, length } of readItemLines(file)) {
    places.set(item.item.id, { at, length });
    identity ??= item.policy;
  }
  if (identity === undefined) throw new FaultError('RESULTS_BROKEN', `${file} holds no item.`);
  const handle = await open(file, 'r');
  return {
    identity: { model: identity.model, revision: identity.revision },
    candidatesOf: async (itemId, n, stepping) => {
      const place = places.get(itemId);
      if (place === undefined) throw new FaultError('MODEL_REFUSED', `${file} holds no candidates for ${itemId}.`, { hint: 'Give the items of that evaluation: leave --items out.' });
      return recordedOf(await readAt(handle, place, file), n, stepping);
    },
    close: () => handle.close(),
  };
}

/** A recording where a process wants a policy: it says who answered, and is never asked. */
export const policyOf = ({ identity, close }: Recording): Policy => ({
  describe: async () => ({ ...identity, contextTokens: undefined }),
  sample: ({ id }) => Promise.reject(new FaultError('MODEL_REFUSED', `Candidates are recorded, and ${id} asks a policy.`)),
  close,
});

async function readAt(handle: FileHandle, { at, length }: { readonly at: number; readonly length: number }, file: string): Promise<VerdictsRecord> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
  try { return JSON.parse(buffer.toString('utf8', 0, bytesRead)) as VerdictsRecord; } catch (cause) { throw new FaultError('RESULTS_BROKEN', `${file} changed while it was read.`, { cause }); }
}

/** What fewer candidates generated is theirs alone; the prompt was paid whole, and so was what steered a search over steps. */
function recordedOf({ candidates, greedy, decode, usage, greedyUsage, steering }: VerdictsRecord, n: number, stepping: Stepping): RecordedCandidates {
  const taken = candidates.slice(0, n);
  const left = candidates.slice(n).reduce((sum, { tokens }) => sum + tokens, 0);
  return {
    decode, samples: taken.map((candidate) => solutionOf(candidate, stepping)), greedy: greedy === null ? null : solutionOf(greedy, stepping),
    usage: taken.length === candidates.length ? usage : { ...usage, samples: taken.length, completionTokens: Math.max(0, usage.completionTokens - left) },
    ...(greedyUsage === undefined ? {} : { greedyUsage }), ...(steering === undefined ? {} : { scorerUsage: steering }),
  };
}

/** The text that splits into the steps of the candidate behind the open mark of Step 1. */
function solutionOf({ steps, reasoning, truncated, tokens, seed }: Candidate, stepping: Stepping): Solution {
  const text = steps.length === 0 ? '' : joinSteps([STEP_ZERO, ...steps], stepping).slice(openStep([STEP_ZERO], stepping).length);
  return { text, ...(reasoning === undefined ? {} : { reasoning }), truncated, tokens, seed };
}
