// What came of the steps of an item: candidates that share their first k steps are so many rollouts of that prefix.
//
//   v(prefix) = mean of the values its last step got      the same in every candidate but for the rounding of the scorer
//   n(prefix) = candidates through it                     r(prefix) = those of them that are right
//
// A prefix with which a candidate ends is `final` for those that end there and `inner` for those that go on, so the rollouts of both add up to all steps of all candidates.
import type { Candidate } from '@slowthink/records';

/** Columns of the prefixes of one item: the inner ones first, each part in the order in which candidates came to them. */
export interface Prefixes {
  readonly inner: number; // how many of them are inner; the rest is final
  readonly values: Float64Array; // 0..1
  readonly rollouts: Float64Array; // 1..
  readonly right: Float64Array; // 0..rollouts
}

interface Part { sum: number; scored: number; rollouts: number; right: number }
interface Node { readonly next: Map<string, Node>; readonly inner: Part; readonly final: Part }

const newPart = (): Part => ({ sum: 0, scored: 0, rollouts: 0, right: 0 });
const newNode = (): Node => ({ next: new Map(), inner: newPart(), final: newPart() });

/** Prefixes that no scored candidate goes through have no value and are left out; where one does, the unscored ones count as rollouts too. */
export function prefixesOf(candidates: readonly Pick<Candidate, 'steps' | 'values' | 'verdict'>[]): Prefixes {
  const root = newNode();
  const inner: Part[] = [], final: Part[] = [];
  for (const { steps, values, verdict } of candidates) {
    let node = root;
    for (let at = 0; at < steps.length; at++) {
      let next = node.next.get(steps[at]!);
      if (next === undefined) node.next.set(steps[at]!, next = newNode());
      node = next;
      const ends = at === steps.length - 1;
      const part = ends ? node.final : node.inner;
      if (part.rollouts === 0) (ends ? final : inner).push(part);
      part.rollouts += 1;
      if (verdict.status === 'right') part.right += 1;
      if (values !== null) { part.sum += values[at]!; part.scored += 1; }
    }
  }
  const scoredInner = inner.filter(({ scored }) => scored > 0);
  const all = [...scoredInner, ...final.filter(({ scored }) => scored > 0)];
  return {
    inner: scoredInner.length,
    values: Float64Array.from(all, ({ sum, scored }) => sum / scored),
    rollouts: Float64Array.from(all, ({ rollouts }) => rollouts),
    right: Float64Array.from(all, ({ right }) => right),
  };
}
