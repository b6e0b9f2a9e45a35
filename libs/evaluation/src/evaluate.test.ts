import { ruleNamed } from '@slowthink/decoding';
import type { VerdictsRecord } from '@slowthink/records';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf, elevenSets, evaluate, summarise, type Evaluation, type EvaluateOptions } from './index.ts';
import { candidateOf, verdictsOf } from './testing/verdicts.ts';

const quick: EvaluateOptions = { draws: 200, subsets: 20 };
const rulesIn = (of: { readonly rules: Evaluation['sets'][number]['rules'] }, name: string): Evaluation['sets'][number]['rules'][number] => of.rules.find(({ rule }) => rule === name)!;

// item   candidates                   maj  vote-sum-min      bon-min  right of 4
// m/1    A .9 .8, B .3, B .2, -       B    A (.8 > .5)       A        1
// m/2    A .9, A .8, B .7, B .95      A*   A (1.7 > 1.65)    B        2          * a tie, seen first
// m/3    -, -, ~, -                   none none              none     0
// b/1    B .1, B .2, B .3, C .9       B    C (.9 > .6)       C        0
const worked: readonly VerdictsRecord[] = [
  verdictsOf('m/1', ['A .9 .8', 'B .3', 'B .2', '- .9'], { greedy: candidateOf('A', 9) }), verdictsOf('m/2', ['A .9', 'A .8', 'B .7', 'B .95'], { greedy: candidateOf('B', 9) }),
  verdictsOf('m/3', ['- .1', '- .5', '~ .2', '- .3'], { greedy: candidateOf('~', 9) }), verdictsOf('b/1', ['B .1', 'B .2', 'B .3', 'C .9'], { dataset: 'bioasq', greedy: candidateOf('A', 9) }),
];

describe('evaluate', () => {
  it('works the four items out: counts, accuracies, averages, pairs', async () => {
    const result = await evaluate(worked, quick);
    expect(result).toMatchObject({ evaluation: 1, policy: { model: 'policy' }, scorer: { model: 'scorer' }, grader: 'rules', graderToo: 'none', decode: 'sample', candidates: 4, items: 4, failed: 0 });
    const [bioasq, medqa] = result.sets;
    expect(medqa).toMatchObject({ name: 'medqa', n: 3, noAnswer: 1, chance: 0.25, majorityClass: 1, samples: { samples: 12, right: 3, wrong: 4, none: 4, truncated: 1, unscored: 0 } });
    expect(rulesIn(medqa!, 'maj').counts).toEqual({ right: 1, wrong: 1, none: 1, truncated: 0 });
    expect(rulesIn(medqa!, 'vote-sum-min').counts).toEqual({ right: 2, wrong: 0, none: 1, truncated: 0 });
    expect(rulesIn(medqa!, 'bon-min').counts).toEqual({ right: 1, wrong: 1, none: 1, truncated: 0 });
    expect(rulesIn(medqa!, 'greedy').counts).toEqual({ right: 1, wrong: 1, none: 0, truncated: 1 });
    expect(rulesIn(medqa!, 'vote-sum-min')).toMatchObject({ title: 'vote-sum (min)', accuracy: { value: expect.closeTo(2 / 3, 12) }, wilson: { value: 2 / 3, low: expect.closeTo(0.2077, 4), high: expect.closeTo(0.9385, 4) }, exact: null });
    expect(rulesIn(bioasq!, 'maj').accuracy).toEqual({ value: 0, low: null, high: null, why: 'an interval needs 2 items' });

    expect(result.averages.map(({ name, sets, n }) => [name, sets, n])).toEqual([['micro', ['bioasq', 'medqa'], 4], ['macro', ['bioasq', 'medqa'], 4]]); // no set has 100 items
    expect(rulesIn(result.averages[0]!, 'vote-sum-min')).toMatchObject({ accuracy: { value: 0.5 }, wilson: { value: 0.5 }, counts: { right: 2, wrong: 1, none: 1, truncated: 0 } });
    expect(rulesIn(result.averages[1]!, 'vote-sum-min')).toMatchObject({ accuracy: { value: expect.closeTo(1 / 3, 12) }, wilson: null, counts: null }); // (2/3 + 0) / 2
    expect(result.averages[1]).toMatchObject({ chance: 0.25, majorityClass: 1 });

    expect(result.paired).toHaveLength(20 * 19 / 2);
    expect(result.paired.find(({ a, b }) => a === 'maj' && b === 'vote-sum-min')).toMatchObject({ difference: { value: -0.25 }, onlyA: 0, onlyB: 1, p: 1, pHolm: 1, test: 'exact' });
    expect(result.paired.find(({ a, b }) => a === 'maj' && b === 'bon-min')).toMatchObject({ difference: { value: 0 }, onlyA: 1, onlyB: 1, p: 1 });
    expect(result.paired.find(({ a, b }) => a === 'vote-sum-last' && b === 'vote-sum-min')).toMatchObject({ p: null, pHolm: null, test: 'none' });
  });

  it('works out pass@k, pass^k, curve, costs and equal cost of the same items', async () => {
    const result = await evaluate(worked, { ...quick, policyParameters: 1000, scorerParameters: 1000 });
    const medqa = result.sets[1]!;
    // m/1 1 of 4, m/2 2 of 4, m/3 0: pass@2 = (1/2 + 5/6 + 0) / 3, pass^2 = (0 + 1/6 + 0) / 3
    expect(medqa.pass.map(({ k }) => k)).toEqual([1, 2, 4]);
    expect(medqa.pass[0]!.passAtK.value).toBeCloseTo(1 / 4, 12);
    expect(medqa.pass[1]!.passAtK.value).toBeCloseTo((1 / 2 + 5 / 6) / 3, 12);
    expect(medqa.pass[1]!.passHatK.value).toBeCloseTo(1 / 18, 12);
    expect(medqa.pass[2]!.passAtK.value).toBeCloseTo(2 / 3, 12);

    expect(result.curves.map(({ rule, points }) => [rule, points.map(({ n }) => n)])).toEqual([['maj', [1, 2, 4]], ['bon-min', [1, 2, 4]], ['vote-sum-min', [1, 2, 4]], ['pass@N', [1, 2, 4]]]);
    const [maj, , voteSum, pass] = result.curves;
    expect(maj!.points.map(({ accuracy }) => accuracy.value!)).toEqual([expect.closeTo(3 / 16, 12), expect.closeTo((1 / 2 + 5 / 6) / 4, 12), 0.25]); // maj@2: right in pairs 01 02 03 of m/1; in all but 23 of m/2
    expect(maj!.points.map(({ tokens, totalTokens }) => [tokens, totalTokens])).toEqual([[10, 110], [20, 120], [40, 140]]);
    expect(voteSum!.points.map(({ totalTokens }) => totalTokens)).toEqual([130, 160, 220]);
    expect(pass!.points.at(-1)!.accuracy.value).toBe(0.5);

    expect(result.costs.find(({ rule }) => rule === 'vote-sum-min')).toEqual({ rule: 'vote-sum-min', promptTokens: 100, cachedTokens: null, generatedTokens: 40, scorerTokens: 80, policyFlops: 280_000, scorerFlops: 160_000 });
    expect(result.tokens).toEqual({ prompt: 400, cached: null, generated: 160, scorer: 320 });
    // 20 scorer tokens against 10: one candidate with values buys the majority 3
    expect(result.equalCost.map(({ rule, n, by, m }) => [rule, n, by, m])).toEqual([['bon-min', 1, 'flops', 3], ['vote-sum-min', 1, 'flops', 3]]);
    // maj@3: m/1 right in none but 0 and two of which one is "-" (0 1 3, 0 2 3: A seen first); m/2 right in 012, 013 and not in 023, 123
    expect(result.equalCost[1]).toMatchObject({ ruleAccuracy: { value: expect.closeTo(3 / 16, 12) }, majorityAccuracy: { value: expect.closeTo((2 / 4 + 2 / 4) / 4, 12) }, difference: { value: expect.closeTo(3 / 16 - 1 / 4, 12) } });
    expect(result.prm!.final).toMatchObject({ rollouts: 16 });
    expect(result.method).toEqual({ draws: 200, prmDraws: 200, seed: 0, subsets: 20, confidence: 0.95, policyParameters: 1000, scorerParameters: 1000 });
  });

  it('gives the same bytes for the same seed, whatever the order of the items; another seed changes intervals, and no value', async () => {
    const record = fc.record({ set: fc.constantFrom('x', 'y'), candidates: fc.array(fc.tuple(fc.constantFrom('A', 'B', '-', '~'), fc.integer({ min: 0, max: 10 })).map(([answer, value]) => `${answer} ${value / 10}`), { minLength: 3, maxLength: 5 }) });
    await fc.assert(fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 6 }), fc.infiniteStream(fc.nat()), async (some, random) => {
      const records = some.map(({ set, candidates }, at) => verdictsOf(`${set}/${at}`, candidates, { dataset: set }));
      const shuffled = records.map((one) => ({ one, at: random.next().value as number })).toSorted((a, b) => a.at - b.at).map(({ one }) => one);
      const options = { draws: 30, subsets: 5 };
      const result = await evaluate(records, options);
      expect(JSON.stringify(await evaluate(shuffled, options))).toBe(JSON.stringify(result));
      for (const set of result.sets) {
        const best = set.pass.at(-1)!.passAtK.value!;
        for (const { counts, accuracy } of set.rules) {
          expect(counts!.right + counts!.wrong + counts!.none + counts!.truncated).toBe(set.n);
          if (result.candidates === Math.max(...some.map(({ candidates }) => candidates.length))) expect(accuracy.value!).toBeLessThanOrEqual(best + 1e-12); // the ceiling
        }
      }
      for (const { difference, onlyA, onlyB } of result.paired) expect(difference.value!).toBeCloseTo((onlyA - onlyB) / result.items, 12);
    }), { numRuns: 25 });
    const [one, other] = [await evaluate(worked, quick), await evaluate(worked, { ...quick, seed: 1 })];
    expect(other.sets.map(({ rules }) => rules.map(({ accuracy }) => accuracy.value))).toEqual(one.sets.map(({ rules }) => rules.map(({ accuracy }) => accuracy.value)));
  });

  it('reads a stream, and sums up the same columns without intervals', async () => {
    const stream = (async function* () { yield* worked; })();
    const result = await evaluate(stream, { ...quick, intervals: false });
    expect(result).toEqual(summarise(worked.map(columnsOf), { ...quick, intervals: false }));
    expect(result).toMatchObject({ paired: [], curves: [], equalCost: [], method: { draws: 0, prmDraws: 0 } });
    expect(rulesIn(result.sets[1]!, 'maj').accuracy).toEqual({ value: expect.closeTo(1 / 3, 12), low: null, high: null, why: 'intervals were not asked for' });
    expect(result.prm!.all.auroc).toMatchObject({ low: null, why: 'intervals were not asked for' });
  });

  it('evaluates candidates without a scorer: the majority, and no quality of step values', async () => {
    const result = await evaluate([verdictsOf('a', ['A', 'B']), verdictsOf('b', ['A', 'A'])], quick);
    expect(result).toMatchObject({ scorer: null, prm: null, equalCost: [], averages: [] });
    expect(result.sets[0]!.rules.map(({ rule }) => rule)).toEqual(['maj']);
    expect(result.sets[0]!.rules[0]!.accuracy).toEqual({ value: 1, low: 1, high: 1, why: 'the same on every item of a set: the interval is a point' }); // all right: Wilson has the width
    expect(result.sets[0]!.rules[0]!.wilson).toMatchObject({ low: expect.closeTo(0.3424, 4), high: 1 });
  });

  it('computes rules that are asked for, with curves of all but greedy', async () => {
    const result = await evaluate(worked, { ...quick, rules: [ruleNamed('greedy'), ruleNamed('scvm'), ruleNamed('prm-last-max')] });
    expect(result.sets[0]!.rules.map(({ rule }) => rule)).toEqual(['greedy', 'maj', 'bon-last']);
    expect(result.curves.map(({ rule }) => rule)).toEqual(['maj', 'bon-last', 'pass@N']);
  });

  it('has the exact-match rule as a second column where every candidate has its verdict', async () => {
    const record = verdictsOf('a', ['A .9', 'B .2']);
    const candidates = record.candidates.map((candidate) => ({ ...candidate, exact: 'wrong' as const }));
    const result = await evaluate([{ ...record, candidates }, { ...record, item: { ...record.item, id: 'b' }, candidates: candidates.map((one) => ({ ...one, exact: 'right' as const })) }], quick);
    expect(result.graderToo).toBe('medsss');
    expect(rulesIn(result.sets[0]!, 'bon-min')).toMatchObject({ accuracy: { value: 1 }, exact: { value: 0.5 } });
  });

  it('says so where only some candidates have a verdict of the second grader, as after a merge', async () => {
    const record = verdictsOf('a', ['A .9', 'B .2']);
    const result = await evaluate([{ ...record, candidates: [{ ...record.candidates[0]!, exact: 'right' }, record.candidates[1]!] }], quick);
    expect([result.graderToo, result.notes]).toEqual(['none', expect.arrayContaining(['A second grader judged 1 of 2 candidates: rules that choose among candidates have no accuracy by it.'])]);
  });

  it('says n/a and why for a k above the candidates there are', async () => {
    const result = await evaluate(worked, { ...quick, passAt: [8] });
    expect(result.sets[1]!.pass.at(-1)).toEqual({ k: 8, passAtK: { value: null, low: null, high: null, why: 'k = 8 needs 8 candidates of every item; one has 4' }, passHatK: { value: null, low: null, high: null, why: 'k = 8 needs 8 candidates of every item; one has 4' } });
  });

  it('draws no curve from the candidates of a search over steps, and charges every rule but greedy for the scorer that steered it', async () => {
    const result = await evaluate(worked.map((record) => ({ ...record, decode: 'beam:4' })), { ...quick, scorerParameters: 1000 });
    expect(result).toMatchObject({ decode: 'beam:4', curves: [], equalCost: [] });
    expect(result.sets[1]!.pass.map(({ k }) => k)).toEqual([4]);
    expect(result.costs.filter(({ rule }) => ['greedy', 'maj', 'bon-min'].includes(rule)).map(({ scorerTokens, scorerFlops }) => [scorerTokens, scorerFlops])).toEqual([[0, 0], [80, 160_000], [80, 160_000]]);
    expect(result.notes).toContainEqual(expect.stringContaining('Candidates were made by beam:4: they are no independent samples'));
  });

  it('says in notes what a reader must know: failed items, empty, single and small sets, unequal candidates, training items', async () => {
    const trained = verdictsOf('t/1', ['A .5', 'B .4'], { dataset: 'train' });
    const result = await evaluate([...worked, { ...trained, item: { ...trained.item, role: 'train' } }], { ...quick, failed: { medqa: 2, seer: 5 }, titles: { medqa: 'MedQA', seer: 'SEER' } });
    expect(result.failed).toBe(7);
    expect(result.sets.find(({ name }) => name === 'seer')).toMatchObject({ title: 'SEER', n: 0, failed: 5, chance: null, majorityClass: null, rules: expect.arrayContaining([expect.objectContaining({ rule: 'maj', accuracy: { value: null, low: null, high: null, why: 'there is no item' }, wilson: { value: null, low: null, high: null, why: 'there is no item' } })]) });
    expect(result.averages[1]!.sets).toEqual(['bioasq', 'medqa', 'train']);
    expect(result.prm!.final.rollouts).toBe(16);
    expect(result.notes).toEqual([
      'The rule greedy is left out: 1 of 5 items have no greedy solution.',
      'MedQA: 2 of 5 items could not be processed and are in no number.',
      'SEER: 5 of 5 items could not be processed and are in no number.',
      'SEER has no judged item: its numbers are not defined, and no average contains it.',
      'bioasq has one item: no interval can be drawn from it, and those of the averages do not know how it varies.',
      'train has one item: no interval can be drawn from it, and those of the averages do not know how it varies.',
      'Under 100 items: MedQA (3). Their intervals are wide, and the macro average gives them as much weight as the others.',
      'Items have 2 to 4 candidates: rules choose among all that an item has, curves and pass@k go to 2.',
      'Quality of step values leaves out 1 item of the role train: the scorer may have been trained on it.',
    ]);
  });

  it('names the published average with its conditions, and only where all eleven sets are there', async () => {
    const records = elevenSets.map((names) => verdictsOf(`${names.at(-1)}/1`, ['A'], { dataset: names.at(-1)! }));
    const published = ({ notes }: Evaluation): readonly string[] => notes.filter((note) => note.includes('73.10'));
    expect(published(await evaluate(records, quick))).toEqual([expect.stringMatching(/32 candidates.*single samples/)]);
    expect(published(await evaluate(records.slice(1), quick))).toEqual([]);
  });

  it('averages sets from 100 items apart', async () => {
    const large = Array.from({ length: 100 }, (_, at) => verdictsOf(`large/${at}`, [at < 30 ? 'A' : 'B'], { dataset: 'large' }));
    const result = await evaluate([...large, verdictsOf('small/1', ['A'], { dataset: 'small' })], quick);
    expect(result.averages.map(({ name, sets, rules }) => [name, sets, rules[0]!.accuracy.value])).toEqual([['micro', ['large', 'small'], expect.closeTo(31 / 101, 12)], ['macro', ['large', 'small'], expect.closeTo(0.65, 12)], ['macro of sets from 100 items', ['large'], expect.closeTo(0.3, 12)]]);
  });

  it('refuses no items, an item twice, and items of two runs', async () => {
    await expect(evaluate([], quick)).rejects.toMatchObject({ code: 'EVALUATION_EMPTY' });
    await expect(evaluate([worked[0]!, worked[0]!], quick)).rejects.toMatchObject({ code: 'EVALUATION_ITEM_TWICE', message: 'Item m/1 of set medqa stands twice among the verdicts.' });
    await expect(evaluate([worked[0]!, { ...worked[1]!, policy: { model: 'other', revision: '2' } }], quick)).rejects.toMatchObject({ code: 'EVALUATION_MIXED', message: 'These verdicts are of more than one run. Item m/1 has the policy policy@1, item m/2 has other@2.' });
    await expect(evaluate([worked[0]!, { ...worked[1]!, scorer: null }], quick)).rejects.toMatchObject({ message: expect.stringContaining('has the scorer scorer@1, item m/2 has none') });
  });
});
