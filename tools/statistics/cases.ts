// Inputs drawn by a seed with what libs/statistics and libs/decoding make of them; check.py computes the same again. A kind a function.
import { choose, decodingRules, type PoolCandidate } from '@slowthink/decoding';
import {
  auroc, bootstrapMeans, bootstrapQuality, brier, calibration, chooseThreshold, firstWrongStep, holm, itemResampler, mcnemar, passAtK, passHatK, percentileInterval, prmScore, processBenchScore, quantile, randomSubset, seededRandom, wilsonInterval,
} from '@slowthink/statistics';

/** NaN and undefined stand as null in JSON. */
export interface Case { readonly kind: string; readonly input: unknown; readonly result: unknown }

const random = seededRandom(20501);
const below = (n: number): number => Math.floor(random() * n);
const list = <T>(length: number, make: (at: number) => T): readonly T[] => Array.from({ length }, (_, at) => make(at));
/** Values with many ties, on a grid, or of any digits. */
const valueOf = (grid: boolean): number => (grid ? below(11) / 10 : random());

interface Entry { readonly value: number; readonly right: number; readonly n: number }
const entriesOf = (count: number, grid: boolean): readonly Entry[] => list(count, () => { const n = 1 + below(16); return { value: valueOf(grid), right: below(n + 1), n }; });
const columnsOf = (entries: readonly Entry[]): readonly [readonly number[], readonly number[], readonly number[]] => [entries.map(({ value }) => value), entries.map(({ right }) => right), entries.map(({ n }) => n)];

const makers: { readonly [kind: string]: () => readonly Omit<Case, 'kind'>[] } = {
  generator: () => [0, 1, 2, 20501, 2 ** 32, 2 ** 40 + 3, -1].map((seed) => { const next = seededRandom(seed); return { input: { seed }, result: list(200, () => next() * 2 ** 32) }; }),
  subset: () => list(300, (seed) => { const n = below(20), k = below(20); return { input: { seed, n, k }, result: [...randomSubset(n, k, seededRandom(seed))] }; }),
  quantile: () => list(200, (at) => { const values = list(1 + below(60), () => valueOf(at % 2 === 0)), q = at % 10 === 0 ? at / 200 : random(); return { input: { values, q }, result: quantile(values, q) }; }),
  percentile: () => [0.5, 0.9, 0.95, 0.99].map((confidence) => { const draws = list(10_000, () => random() + random()); return { input: { draws, confidence }, result: percentileInterval(Float64Array.from(draws), confidence) }; }),
  wilson: () => [0.5, 0.8, 0.9, 0.95, 0.99, 0.999].flatMap((confidence) => list(80, (at) => { const n = at < 40 ? 1 + at : 1 + below(20_000), right = [0, n, below(n + 1)][at % 3]!; return { input: { right, n, confidence }, result: wilsonInterval(right, n, confidence) }; })),
  mcnemar: () => [...list(900, (at) => [at % 30, Math.floor(at / 30)] as const), ...list(200, () => [below(2000), below(2000)] as const), [0, 300], [20_000, 30_000]].map(([b, c]) => ({ input: { b, c }, result: mcnemar(b!, c!) })),
  pass: () => [...list(400, () => { const n = 1 + below(64); return [n, below(n + 1), 1 + below(n)] as const; }), ...list(20, () => [4096, below(4097), 1 + below(4096)] as const)].map(([n, c, k]) => ({ input: { n, c, k }, result: [passAtK(n, c, k), passHatK(n, c, k)] })),
  auroc: () => list(120, (at) => { const [values, right, n] = columnsOf(entriesOf(2 + below(80), at % 2 === 0)); return { input: { values, right, n }, result: auroc(values, right, n) }; }),
  brier: () => list(120, (at) => { const [values, right, n] = columnsOf(entriesOf(1 + below(80), at % 2 === 0)); return { input: { values, right, n }, result: brier(values, right, n) }; }),
  calibration: () => list(120, (at) => { const [values, right, n] = columnsOf(entriesOf(1 + below(80), at % 2 === 0)), bins = [10, 7, 15][at % 3]!; return { input: { values, right, n, bins }, result: calibration(values, right, n, bins) }; }),
  holm: () => list(150, () => { const ps = list(1 + below(30), () => random() ** 4); return { input: { ps }, result: holm(ps) }; }),
  bootstrap: () => list(40, (at) => {
    const strata = list(1 + below(5), () => 1 + below(30)), n = strata.reduce((sum, size) => sum + size, 0), of = at % 2 === 0 ? 'items' as const : 'strata' as const;
    const columns = list(3, () => list(n, () => (at % 4 < 2 ? below(2) : random())));
    const options = { strata, draws: 25, seed: at, of }, itemsOf = itemResampler(options);
    const indices = list(25, (draw) => [...itemsOf(draw)]);
    const means = bootstrapMeans(columns.map((column) => Float64Array.from(column)), options);
    return { input: { strata, of, columns, indices }, result: { means: means.map((draws) => [...draws]), difference: percentileInterval(means[0]!.map((mean, draw) => mean - means[1]![draw]!)) } };
  }),
  'bootstrap quality': () => list(20, (at) => {
    const strata = [3 + below(5), 2 + below(5)], entries = entriesOf(60, at % 2 === 0), itemOf = list(60, () => below(strata[0]! + strata[1]!));
    const options = { strata, draws: 10, seed: at }, itemsOf = itemResampler(options), [values, right, n] = columnsOf(entries);
    const indices = list(10, (draw) => [...itemsOf(draw)]);
    const draws = bootstrapQuality(values, right, n, itemOf, options);
    return { input: { values, right, n, itemOf, indices }, result: { auroc: [...draws.auroc], brier: [...draws.brier], ece: [...draws.ece] } };
  }),
  'process bench': () => list(100, (at) => {
    const chains = list(4 + below(30), () => { const values = list(1 + below(6), () => valueOf(at % 2 === 0)); return { label: below(values.length + 1) - 1, values }; });
    const chosen = chooseThreshold(chains), threshold = 0.05 + 0.9 * random();
    const score = processBenchScore(chains.map(({ label, values }) => ({ label, predicted: firstWrongStep(values, threshold) })));
    return { input: { chains, threshold, chosen: chosen?.threshold ?? null }, result: { f1: score.f1, erroneous: score.erroneous, correct: score.correct, best: chosen?.f1 ?? null } };
  }),
  'prm score': () => list(100, () => {
    const items = list(2 + below(12), () => { const steps = 1 + below(8), draw = (): readonly boolean[] => list(steps, () => random() < 0.7); return { errorClass: ['circular', 'deception', 'multi_solutions'][below(3)]!, right: draw(), predicted: draw() }; })
      .map((item) => (item.errorClass === 'multi_solutions' ? { ...item, right: item.right.map(() => true) } : item));
    const { total, classes } = prmScore(items);
    const numbers = ({ f1, negativeF1, score }: typeof total): unknown => [f1, negativeF1, score];
    return { input: { items }, result: { total: numbers(total), classes: Object.fromEntries([...classes].map(([name, score]) => [name, numbers(score)])) } };
  }),
  decoding: () => list(400, () => {
    const candidates = list(below(9), (): PoolCandidate => ({ answer: ['A', 'B', 'C', undefined][below(4)], values: below(6) === 0 ? null : list(1 + below(3), () => below(11) / 10) }));
    return { input: { candidates }, result: Object.fromEntries(decodingRules.map((rule) => [rule.name, choose(rule, candidates)])) };
  }),
};

/** All cases, the same in every run. */
export const cases = (): readonly Case[] => Object.entries(makers).flatMap(([kind, make]) => make().map((one) => ({ kind, ...one })));
