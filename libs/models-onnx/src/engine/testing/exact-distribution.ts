import type { Filters } from '../sampler.ts';

/** The distribution that the filters leave, written as its definition reads: softmax, sort, cut, renormalize, three times. Slow. */
export function exactDistribution(logits: Float32Array, { temperature, topK, topP, minP }: Filters): Float64Array {
  const ids = [...logits.keys()];
  const byLogit = ids.toSorted((a, b) => logits[b]! - logits[a]! || a - b);
  if (temperature === 0) return Float64Array.from(ids, (id) => (id === byLogit[0] ? 1 : 0));
  const renormalized = (kept: readonly number[]) => {
    const sum = kept.reduce((total, id) => total + weight(id), 0);
    return new Map(kept.map((id) => [id, weight(id) / sum]));
  };
  const weight = (id: number) => Math.exp((logits[id]! - logits[byLogit[0]!]!) / temperature);
  const afterK = renormalized(topK > 0 ? byLogit.slice(0, topK) : byLogit);
  const nucleus: number[] = [];
  let held = 0;
  for (const [id, p] of afterK) {
    nucleus.push(id);
    held += p;
    if (topP < 1 && held >= topP) break;
  }
  const afterP = renormalized(nucleus);
  const largest = Math.max(...afterP.values());
  const final = renormalized([...afterP].filter(([, p]) => p >= minP * largest).map(([id]) => id));
  return Float64Array.from(ids, (id) => final.get(id) ?? 0);
}
