// Another test set, for when the first one was looked at: questions of combinations that no file of datasets/dosage has and the pretraining corpus cannot draw.
import { combinationsOf } from './combinations.ts';
import { dataSets, mixRows, rowsOf, type Row } from './data.ts';
import type { Kind } from './kind.ts';
import { kinds } from './kinds.ts';
import { seedRandom, shuffle } from './random.ts';

export const testSetRows = 600; // as dosage-test

/**
 * The rows of the test set of a seed, a whole number from 1 on: kinds and cues take turns as in the sets that ship. No combination stands in train, dev, test or the part of the corpus, nor in the set of another seed, since seed N takes the
 * N-th share of the free ones. Throws where the free combinations of a kind do not suffice.
 */
export function testSetOf(seed: number, rows: number = testSetRows): readonly Row[] {
  const taken = new Set(dataSets.flatMap(rowsOf).map(keyOf));
  const share = Math.ceil(rows / kinds.length); // combinations of each kind
  const pools = kinds.map((kind) => {
    const free = shuffle(freeCombinations(kind, taken), seedRandom(`dosage free ${kind.name}`));
    if (free.length < seed * share) throw new Error(`${kind.name} has ${free.length} free combinations, and the sets of the seeds 1 to ${seed} need ${seed * share} (${share} each). The last seed that can be drawn is ${Math.floor(free.length / share)}; widen the ranges of the kind for more.`);
    return free.slice((seed - 1) * share, seed * share);
  });
  return mixRows(pools, rows, seedRandom(`dosage test ${seed}`));
}

const freeCombinations = (kind: Kind, taken: ReadonlySet<string>): ReturnType<typeof combinationsOf> => combinationsOf(kind).filter(({ numbers, part }) => part !== 'corpus' && !taken.has(keyOf({ kind: kind.name, numbers: Object.values(numbers) })));
const keyOf = ({ kind, numbers }: Pick<Row, 'kind' | 'numbers'>): string => `${kind}: ${numbers.join(' ')}`;
