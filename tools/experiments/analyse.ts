// The analysis that docs/experiments.md prints, registered before the first run (registration.json holds its sha256). Pure: outcomes in, numbers out.
//
//   difference  d = mean_q (a_q - b_q), over the questions of the test set, a_q and b_q 0 or 1
//   interval    95 % percentiles of 10,000 resamples of the questions; the resample is the same for both sides (paired)
//   p           McNemar's test, two-sided; Holm among the four primary tests, nothing else is corrected
import { bootstrapMeans, holm, mcnemar, percentileInterval } from '@slowthink/statistics';
import type { Decoded, KeptRule, Outcomes } from './outcomes.ts';

export const draws = 10_000;
export const resampleSeed = 0;

/** What is looked at first, and alone decides: fixed before the test set was decoded. */
export const primaryTests: readonly Test[] = [
  { title: 'greedy: round 1 minus base', a: ['round-1', 'greedy'], b: ['base', 'greedy'], wanted: 0.10 },
  { title: 'greedy: round 2 minus round 1', a: ['round-2', 'greedy'], b: ['round-1', 'greedy'], wanted: 0 },
  { title: 'round 1: P-VS (min) minus maj@16', a: ['round-1', 'vote-sum-min'], b: ['round-1', 'maj'], wanted: 0.05 },
  { title: 'round 2: P-VS (min) minus maj@16', a: ['round-2', 'vote-sum-min'], b: ['round-2', 'maj'], wanted: 0.05 },
];

type System = readonly [model: string, rule: KeptRule];
export interface Test { readonly title: string; readonly a: System; readonly b: System; readonly wanted: number }

export interface Share { readonly value: number; readonly low: number; readonly high: number }
export interface Tested extends Test {
  readonly difference: Share;
  readonly onlyA: number; // questions that only a gets right
  readonly onlyB: number;
  readonly p: number | null;
  readonly holm: number | null;
  /** The difference is at least `wanted`, its interval lies above 0, and p is below .05 after Holm's correction. */
  readonly holds: boolean;
}

/** Rights of a system as 0 and 1, a question each. Throws where the model was not decoded, or has no values for the rule. */
export function rightsOf(outcomes: Outcomes, [name, rule]: System, temperature = 1): Float64Array {
  const model = decodedAs(outcomes, name, temperature);
  const rights = model.rights[rule];
  if (rights === undefined) throw new Error(`${name} has no step values, and ${rule} needs them.`);
  return Float64Array.from(rights, Number);
}

export function decodedAs({ models }: Outcomes, name: string, temperature = 1): Decoded {
  const found = models.find((model) => model.name === name && model.temperature === temperature);
  if (found === undefined) throw new Error(`The test set was not decoded with ${name} at temperature ${temperature}; there are ${models.map((model) => `${model.name} (${model.temperature})`).join(', ')}.`);
  return found;
}

export const has = ({ models }: Outcomes, name: string, temperature = 1): boolean => models.some((model) => model.name === name && model.temperature === temperature);

/** Mean of a 0/1 column, or of a difference of two, with its interval over questions. */
export function shareOf(column: Float64Array): Share {
  const [means] = bootstrapMeans([column], { strata: [column.length], draws, seed: resampleSeed, of: 'items' });
  const { low, high } = percentileInterval(means!);
  return { value: column.reduce((sum, x) => sum + x, 0) / column.length, low, high };
}

export function differenceOf(a: Float64Array, b: Float64Array): Pick<Tested, 'difference' | 'onlyA' | 'onlyB' | 'p'> {
  if (a.length !== b.length) throw new Error(`${a.length} questions against ${b.length}: a paired difference needs the same ones.`);
  const onlyA = a.reduce((sum, x, q) => sum + Number(x === 1 && b[q] === 0), 0);
  const onlyB = b.reduce((sum, x, q) => sum + Number(x === 1 && a[q] === 0), 0);
  return { difference: shareOf(a.map((x, q) => x - b[q]!)), onlyA, onlyB, p: mcnemar(onlyA, onlyB).p };
}

export function primaryResults(outcomes: Outcomes, tests: readonly Test[] = primaryTests): readonly Tested[] {
  const raw = tests.map((test) => ({ ...test, ...differenceOf(rightsOf(outcomes, test.a), rightsOf(outcomes, test.b)) }));
  const corrected = holm(raw.map(({ p }) => p));
  return raw.map((test, at) => ({ ...test, holm: corrected[at] ?? null, holds: test.difference.value >= test.wanted && test.difference.low > 0 && (corrected[at] ?? 1) < 0.05 }));
}

/** Mean and spread over training seeds of a number that each of them has. */
export function overSeeds(values: readonly number[]): { readonly mean: number; readonly low: number; readonly high: number } {
  return { mean: values.reduce((sum, value) => sum + value, 0) / values.length, low: Math.min(...values), high: Math.max(...values) };
}
