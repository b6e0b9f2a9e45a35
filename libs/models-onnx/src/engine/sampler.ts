import { FaultError } from '@slowthink/faults';
import type { Sampling } from '@slowthink/models';

export type Filters = Omit<Sampling, 'maxTokens'>;

export interface Sampler {
  /**
   * The id drawn from logits[from .. from + vocab) by the uniform number `u` (0 <= u < 1), by inverting the cumulative distribution in float64. The order is that of transformers: temperature, top-k,
   * top-p (the fewest ids that hold topP of what top-k left), min-p (those with at least minP of the largest probability). Ids of equal probability stand in the order of their numbers, in every filter.
   * Temperature 0 takes the largest logit. MODEL_WEIGHTS_CORRUPT when a logit is not a number. Allocates nothing.
   */
  draw(logits: Float32Array, from: number, filters: Filters, u: number): number;
  /** Natural logarithm of the probability with which the last id was drawn, in the distribution it was drawn from; 0 at temperature 0. */
  logprob(): number;
  /** Natural logarithm of the probability that the model itself gives an id, without temperature and filters. MODEL_WEIGHTS_CORRUPT as above. */
  logprobOf(logits: Float32Array, from: number, id: number): number;
}

export function makeSampler(vocab: number): Sampler {
  const weights = new Float64Array(vocab); // exp((logit - largest) / temperature); the largest is 1
  const heap = new Int32Array(vocab); // ids, then the heaviest in order behind the heap's shrinking end
  let count = 0, mass = 0; // what the filters keep: the `count` heaviest ids, and their weights together
  let drawnShare = 1;

  const heavier = (a: number, b: number) => weights[a]! > weights[b]! || (weights[a] === weights[b] && a < b);

  function sift(at: number, size: number): void {
    const id = heap[at]!;
    for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && heavier(heap[child + 1]!, heap[child]!)) child++;
      if (!heavier(heap[child]!, id)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = id;
  }

  /** The id at which the running sum first exceeds u of the mass, among weights of at least `floor` in the order of ids. */
  function walkIds(floor: number, u: number): number {
    const target = u * mass;
    let sum = 0, last = 0;
    for (let id = 0; id < vocab; id++) {
      const weight = weights[id]!;
      if (weight < floor || weight === 0) continue;
      sum += weight;
      last = id;
      if (sum > target) break;
    }
    drawnShare = weights[last]! / mass;
    return last;
  }

  /** The same among the `count` heaviest ids, which stand at the end of `heap`, heaviest last. */
  function walkHeaviest(u: number): number {
    const target = u * mass;
    let sum = 0, at = vocab;
    do { sum += weights[heap[--at]!]!; } while (sum <= target && at > vocab - count);
    drawnShare = weights[heap[at]!]! / mass;
    return heap[at]!;
  }

  function drawFiltered({ topK, topP, minP }: Filters, total: number, u: number): number {
    const k = topK > 0 ? Math.min(topK, vocab) : vocab;
    // Ids below (1 - topP) / vocab of the total hold less than 1 - topP together: none of them is needed for topP. Half of it, against rounding.
    const floor = k < vocab ? 0 : (1 - topP) * total / vocab / 2;
    let size = 0;
    for (let id = 0; id < vocab; id++) if (weights[id]! >= floor) heap[size++] = id;
    for (let at = (size >> 1) - 1; at >= 0; at--) sift(at, size);
    // The heaviest id moves from the top of the heap to the end of the array, until the filters have enough. `heap` shrinks from its own end, the sorted ids grow from the array's end: they never meet.
    const enough = topP * total;
    count = mass = 0;
    while (size > 0 && count < k) {
      const id = heap[0]!;
      const moved = heap[--size]!;
      heap[0] = moved;
      sift(0, size);
      heap[vocab - ++count] = id;
      mass += weights[id]!;
      if (k === vocab && mass >= enough) break;
    }
    if (k < vocab && topP < 1) keepThatHold(topP * mass);
    if (minP > 0) keepAbove(minP);
    return walkHeaviest(u);
  }

  function keepThatHold(enough: number): void {
    const among = count;
    count = mass = 0;
    do { mass += weights[heap[vocab - ++count]!]!; } while (count < among && mass < enough);
  }

  function keepAbove(floor: number): void {
    const among = count;
    count = mass = 0;
    do { mass += weights[heap[vocab - ++count]!]!; } while (count < among && weights[heap[vocab - count - 1]!]! >= floor);
  }

  return {
    draw(logits, from, filters, u) {
      let largest = -Infinity, best = 0;
      for (let id = 0; id < vocab; id++) {
        const logit = logits[from + id]!;
        if (logit > largest) { largest = logit; best = id; }
      }
      drawnShare = 1;
      if (!Number.isFinite(largest)) throw notANumber();
      const { temperature, topK, topP, minP } = filters;
      if (temperature === 0) return best;
      let total = 0;
      for (let id = 0; id < vocab; id++) total += weights[id] = Math.exp((logits[from + id]! - largest) / temperature);
      if (Number.isNaN(total)) throw notANumber();
      if ((topK > 0 && topK < vocab) || topP < 1) return drawFiltered(filters, total, u);
      mass = total;
      if (minP > 0) {
        mass = 0;
        for (let id = 0; id < vocab; id++) if (weights[id]! >= minP) mass += weights[id]!;
      }
      return walkIds(minP, u);
    },
    logprob: () => Math.log(drawnShare),
    // ln p(id) = l[id] - max - ln sum over j of exp(l[j] - max)
    logprobOf(logits, from, id) {
      let largest = -Infinity, total = 0;
      for (let j = 0; j < vocab; j++) if (logits[from + j]! > largest) largest = logits[from + j]!;
      if (!Number.isFinite(largest)) throw notANumber();
      for (let j = 0; j < vocab; j++) total += Math.exp(logits[from + j]! - largest);
      if (Number.isNaN(total)) throw notANumber();
      return logits[from + id]! - largest - Math.log(total);
    },
  };
}

function notANumber(): FaultError {
  return new FaultError('MODEL_WEIGHTS_CORRUPT', 'The model returned logits that are not numbers.', { hint: 'Its weights are damaged or overflow in this precision: get the files again, or take another #DTYPE.' });
}
