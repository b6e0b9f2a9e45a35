// The candidates of an earlier evaluation as a policy: re-scoring asks no model, and everything else of the stream stays as it is.
import { open, type FileHandle } from 'node:fs/promises';
import { FaultError } from '@slowthink/faults';
import type { Policy, PolicyIdentity, Sample, SampleReply, SampleRequest } from '@slowthink/models';
import { joinSteps, openStep, STEP_ZERO, type Stepping } from '@slowthink/prompts';
import type { Candidate, VerdictsRecord } from '@slowthink/records';
import { itemsFileOf, readItemLines } from '@slowthink/results';

interface Kept { readonly at: number; readonly length: number }

/**
 * Answers the requests of the stage `sample` from the items file of an evaluation: by request id, with the first n candidates that were recorded, which keep their seeds, and the greedy one. Its identity is that of the policy
 * which wrote them, so that results say who answered. Memory: where each item stands. Faults: RESULTS_MISSING, RESULTS_BROKEN at opening; MODEL_REFUSED for a request that was not recorded, or for more candidates.
 */
export async function recordedPolicy(path: string, stepping: Stepping): Promise<Policy> {
  const file = itemsFileOf(path);
  const places = new Map<string, Kept>();
  let identity: PolicyIdentity | undefined;
  for await (const { item, at, length } of readItemLines(file)) {
    places.set(item.item.id, { at, length });
    identity ??= item.policy;
  }
  if (identity === undefined) throw new FaultError('RESULTS_BROKEN', `${file} holds no item.`);
  const handle = await open(file, 'r');
  const { model, revision } = identity;
  return {
    describe: async () => ({ model, revision, contextTokens: undefined }),
    sample: async (request, signal) => {
      signal?.throwIfAborted();
      const [, id, what] = /^(.*)\/(candidates|greedy)$/s.exec(request.id) ?? [];
      const place = id === undefined ? undefined : places.get(id);
      if (place === undefined) throw new FaultError('MODEL_REFUSED', `${file} holds no candidates for ${request.id}.`, { hint: 'Give the items of that evaluation: leave --items out.' });
      const item = await readAt(handle, place, file);
      return replyOf(item, what === 'greedy', request, stepping, file);
    },
    close: () => handle.close(),
  };
}

async function readAt(handle: FileHandle, { at, length }: Kept, file: string): Promise<VerdictsRecord> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
  try { return JSON.parse(buffer.toString('utf8', 0, bytesRead)) as VerdictsRecord; } catch (cause) { throw new FaultError('RESULTS_BROKEN', `${file} changed while it was read.`, { cause }); }
}

function replyOf(item: VerdictsRecord, greedy: boolean, request: SampleRequest, stepping: Stepping, file: string): SampleReply {
  const there = greedy ? (item.greedy === null ? [] : [item.greedy]) : item.candidates;
  if (there.length < request.n) throw new FaultError('MODEL_REFUSED', `${file} holds ${there.length} candidates for ${request.id}; ${request.n} are asked for.`, { hint: greedy ? 'It was made without a greedy solution: give --no-greedy.' : 'Give a smaller -n.' });
  const taken = there.slice(0, request.n);
  const { requests, promptTokens, cachedTokens } = (greedy ? item.greedyUsage : undefined) ?? item.usage;
  return {
    samples: taken.map((candidate) => sampleOf(candidate, stepping)),
    usage: { requests, samples: taken.length, promptTokens, completionTokens: taken.reduce((sum, { tokens }) => sum + tokens, 0), ...(cachedTokens === undefined ? {} : { cachedTokens }) },
  };
}

/** The text that splits into the steps of the candidate behind the open mark of Step 1. */
function sampleOf({ steps, reasoning, truncated, tokens, seed }: Candidate, stepping: Stepping): Sample {
  const text = steps.length === 0 ? '' : joinSteps([STEP_ZERO, ...steps], stepping).slice(openStep([STEP_ZERO], stepping).length);
  return { text, ...(reasoning === undefined ? {} : { reasoning }), finish: truncated ? 'length' : 'stop', tokens, seed };
}
