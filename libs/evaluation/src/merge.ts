// Two runs become one: shards of the same items, or more candidates of the same items from another seed.
import { FaultError } from '@slowthink/faults';
import { hashId, type Candidate, type DecodingUsage, type VerdictsRecord } from '@slowthink/records';
import { differenceOf } from './run-identity.ts';

/**
 * Records with one for each item, sorted by item id: those of one item are put together by `mergeItem`. All must be of one policy, scorer, grader and way of decoding: EVALUATION_MIXED says what differs. Sampling settings do not stand in these records;
 * whoever merges two folders compares them. Merging a run with itself changes nothing.
 */
export function mergeItems(records: Iterable<VerdictsRecord>): readonly VerdictsRecord[] {
  const merged = new Map<string, VerdictsRecord>();
  let first: VerdictsRecord | undefined;
  for (const record of records) {
    first ??= record;
    refuseOther(first, record);
    const known = merged.get(record.item.id);
    merged.set(record.item.id, known === undefined ? record : mergeItem(known, record));
  }
  return [...merged.values()].toSorted((a, b) => (a.item.id < b.item.id ? -1 : 1));
}

/**
 * The candidates of the first record, then those of the second whose seed the first has not; the others are dropped, and what they cost. The order stays, since ties go to what stands first: a search over steps has its best candidates first, whatever their seeds.
 * The greedy solution is that of the first that has one.
 * Faults: EVALUATION_MIXED; EVALUATION_ITEMS_DIFFER where prompt or gold differ.
 */
export function mergeItem(a: VerdictsRecord, b: VerdictsRecord): VerdictsRecord {
  refuseOther(a, b);
  if (a.item.id !== b.item.id || hashId(a.item.prompt, a.item.gold) !== hashId(b.item.prompt, b.item.gold)) throw new FaultError('EVALUATION_ITEMS_DIFFER', `Item ${a.item.id} has another prompt or another gold answer in the second run.`);
  const seeds = new Set(a.candidates.map(({ seed }) => seed));
  const added = b.candidates.filter(({ seed }) => !seeds.has(seed));
  const greedyFrom = a.greedy !== null || b.greedy === null ? a : b;
  if (added.length === 0 && greedyFrom === a) return a; // nothing is new: the same record, byte for byte
  const { greedyUsage: _, ...rest } = a;
  return {
    ...rest, candidates: [...a.candidates, ...added], greedy: greedyFrom.greedy, ...(greedyFrom.greedyUsage === undefined ? {} : { greedyUsage: greedyFrom.greedyUsage }),
    ...usagesWith(a, b, added),
  };
}

/** Tokens of dropped candidates are taken out exactly; prompts and scores by share: the prompt of a request of which anything is kept was paid. */
function usagesWith(a: VerdictsRecord, b: VerdictsRecord, added: readonly Candidate[]): Pick<VerdictsRecord, 'usage' | 'scorerUsage'> {
  if (added.length === 0) return { usage: a.usage, scorerUsage: a.scorerUsage };
  const dropped = b.candidates.filter((candidate) => !added.includes(candidate));
  const share = added.length / b.candidates.length;
  const usage: DecodingUsage = {
    requests: a.usage.requests + b.usage.requests, samples: a.usage.samples + Math.max(added.length, b.usage.samples - dropped.length), promptTokens: a.usage.promptTokens + b.usage.promptTokens,
    completionTokens: a.usage.completionTokens + Math.max(0, b.usage.completionTokens - dropped.reduce((sum, { tokens }) => sum + tokens, 0)),
    ...(a.usage.cachedTokens === undefined || b.usage.cachedTokens === undefined ? {} : { cachedTokens: a.usage.cachedTokens + b.usage.cachedTokens }),
  };
  const scorerUsage = {
    requests: a.scorerUsage.requests + Math.round(share * b.scorerUsage.requests), promptTokens: a.scorerUsage.promptTokens + Math.round(share * b.scorerUsage.promptTokens),
    completionTokens: a.scorerUsage.completionTokens + Math.round(share * b.scorerUsage.completionTokens),
  };
  return { usage, scorerUsage };
}

function refuseOther(a: VerdictsRecord, b: VerdictsRecord): void {
  const difference = differenceOf(identified(a), identified(b));
  if (difference !== undefined) throw new FaultError('EVALUATION_MIXED', `These runs cannot be merged. ${difference}.`);
}

const identified = ({ item: { id }, policy, scorer, grader, decode }: VerdictsRecord): Parameters<typeof differenceOf>[0] => ({ id, policy, scorer, grader, decode });
