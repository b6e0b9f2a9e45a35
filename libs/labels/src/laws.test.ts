import type { PairRecord, TrajectoryRecord, TreeNode, TreeRecord } from '@slowthink/records';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { labelRecipeNames, labelRecipes, labelTree, pairKinds, preferenceStepsRow, prmRow, resolveLabels, sftRow, type LabelSettings } from './index.ts';
import { familyOf, pairRules, type Preference } from './pair-rules.ts';
import { prefixesOf } from './prefixes.ts';
import { randomTree } from './testing/random-tree.ts';

const runs = { numRuns: 1000 };
const unit = fc.double({ min: 0, max: 0.99, noNaN: true });
const settings: fc.Arbitrary<LabelSettings> = fc.record({
  recipe: fc.constantFrom(...labelRecipeNames), threshold: unit, beta: fc.constantFrom(0, 0.5, 1, 3), keepTop: fc.option(fc.integer({ min: 1, max: 5 })), filterInvalid: fc.boolean(),
  unsimulated: fc.constantFrom('leave-out' as const, 'inherit' as const), pairs: fc.subarray([...pairKinds]), pairThreshold: fc.constantFrom(0, 0.3, 0.8), pairsMax: fc.option(fc.integer({ min: 1, max: 20 })),
}).map((choices) => resolveLabels('meds3-v2', choices));
const chains = (tree: TreeRecord, choice: LabelSettings): readonly TrajectoryRecord[] => labelTree(tree, choice).filter((record) => record.type === 'trajectory');
const pairs = (tree: TreeRecord, choice: LabelSettings): readonly PairRecord[] => labelTree(tree, choice).filter((record) => record.type === 'pair');
const values = fc.array(fc.oneof(fc.constantFrom(0, 0.1, 0.2, 0.3, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 1, maxLength: 12 });

test('given the values of a folded tree, the labels of a chain depend on that chain alone', () => {
  fc.assert(fc.property(randomTree, settings, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(), (tree, choice, other, dice) => {
    const alone = { ...choice, filterInvalid: false } as LabelSettings;
    for (const chain of chains(tree, choice)) {
      const own = new Set(['0', ...chain.steps.map(({ nodeId }) => nodeId)]);
      const without = { ...tree, nodes: tree.nodes.filter(({ id }) => own.has(id)) }; // the other nodes gone,
      const changed = { ...tree, nodes: tree.nodes.map((node, at): TreeNode => (own.has(node.id) ? node : { ...node, value: (at + dice) % 3 === 0 ? null : other, text: `${node.text} ${at}`, verdict: undefined, outcome: 'ok' } as unknown as TreeNode)) }; // or others
      for (const around of [without, changed]) expect(chains(around, alone).find(({ leafId }) => leafId === chain.leafId)?.steps).toEqual(chain.steps);
    }
  }), runs);
});

test('gives the same records for the same tree and settings, and those of each tree whatever was labelled before', () => {
  fc.assert(fc.property(randomTree, randomTree, settings, (one, two, choice) => {
    const first = JSON.stringify(labelTree(one, choice));
    labelTree(two, choice);
    expect(JSON.stringify(labelTree(one, choice))).toBe(first);
  }), { numRuns: 200 });
});

test('ends every chain in a Finish with an answer, lets each text through once, and never labels a step without a value unless that is set', () => {
  fc.assert(fc.property(randomTree, settings, (tree, choice) => {
    const byId = new Map(tree.nodes.map((node) => [node.id, node]));
    const found = chains(tree, choice);
    expect(new Set(found.map(({ steps }) => steps.map(({ text }) => text).join('\n\n'))).size).toBe(found.length);
    for (const { leafId, polarity, steps, unsimulated } of found) {
      expect(byId.get(leafId)).toMatchObject({ action: 'finish', verdict: { status: polarity === 'positive' ? 'right' : 'wrong' } });
      expect(unsimulated).toBe(steps.filter(({ nodeId }) => byId.get(nodeId)!.value === null && nodeId !== leafId).length);
      if (choice.unsimulated === 'leave-out') for (const { nodeId, value } of steps) expect(value).toBe(byId.get(nodeId)!.value);
    }
  }), runs);
});

test('keeps targets in 0..1 and the value of each step beside them, whatever the recipe', () => {
  fc.assert(fc.property(values, unit, fc.double({ min: 0, max: 5, noNaN: true }), (chain, threshold, beta) => {
    for (const name of labelRecipeNames) {
      const labels = labelRecipes[name].label(chain, { threshold, beta });
      expect(labels).toHaveLength(chain.length);
      for (const { target } of labels) { expect(target).toBeGreaterThanOrEqual(0); expect(target).toBeLessThanOrEqual(1); }
    }
  }), runs);
});

test('calls no step right under hard-rise that hard calls wrong, and looks back with beta 0 at nothing', () => {
  fc.assert(fc.property(values, unit, (chain, threshold) => {
    const hard = labelRecipes.hard.label(chain, { threshold, beta: null });
    labelRecipes['hard-rise'].label(chain, { threshold, beta: null }).forEach(({ label }, at) => { if (label) expect(hard[at]!.label).toBe(true); });
    expect(labelRecipes['dual-sided-clamped'].label(chain, { threshold, beta: 0 }).map(({ target }) => target)).toEqual(chain.map((value) => (value <= 1e-9 ? 0 : value)));
    labelRecipes['dual-sided-clamped'].label(chain, { threshold, beta: 1 }).forEach(({ target }, at) => expect(target).toBeLessThanOrEqual(chain[at]!)); // a look-back never rewards
  }), runs);
});

test('labels a value that carries rounding as it labels the value on paper', () => {
  // values of real trees are means of fractions: thousandths here, each off by what some additions lose, at most 1e-12
  const rounded = fc.array(fc.record({ paper: fc.oneof(fc.constantFrom(0, 0.25, 0.5, 1), fc.integer({ min: 0, max: 1000 }).map((value) => value / 1000)), off: fc.double({ min: -1e-12, max: 1e-12, noNaN: true }) }), { minLength: 1, maxLength: 12 });
  fc.assert(fc.property(rounded, fc.constantFrom(0, 0.25, 0.5, 0.7), fc.constantFrom(0, 0.5, 1, 3), (chain, threshold, beta) => {
    const measured = chain.map(({ paper, off }) => Math.min(1, Math.max(0, paper + off)));
    const snapped = measured.map((value) => Math.round(value * 1e9) / 1e9);
    for (const name of labelRecipeNames) {
      const of = (values: readonly number[]) => labelRecipes[name].label(values, { threshold, beta });
      expect(of(measured).map(({ label }) => label)).toEqual(of(snapped).map(({ label }) => label));
      of(measured).forEach(({ target }, at) => expect(target).toBeCloseTo(of(snapped)[at]!.target, 8));
    }
  }), runs);
});

test('labels the chains of a tree as those of the same tree with its values on paper', () => {
  fc.assert(fc.property(randomTree, settings, fc.array(fc.double({ min: -1e-12, max: 1e-12, noNaN: true }), { minLength: 1, maxLength: 41 }), (tree, choice, off) => {
    const measured = { ...tree, nodes: tree.nodes.map((node, at): TreeNode => ({ ...node, value: node.value === null ? null : Math.min(1, Math.max(0, node.value + off[at % off.length]!)) })) };
    const snapped = { ...tree, nodes: measured.nodes.map((node): TreeNode => ({ ...node, value: node.value === null ? null : Math.round(node.value * 1e9) / 1e9 })) };
    const labels = (of: TreeRecord) => chains(of, { ...choice, threshold: choice.threshold === null ? null : 0.5 }).map(({ steps }) => steps.map(({ label }) => label));
    expect(labels(measured)).toEqual(labels(snapped));
  }), runs);
});

test('keeps for SFT right chains only, at most keepTop of them, and none that is worse than one it does not keep', () => {
  fc.assert(fc.property(randomTree, settings, (tree, choice) => {
    const right = chains(tree, choice).filter(({ polarity }) => polarity === 'positive');
    expect(chains(tree, choice).filter(({ sft, polarity }) => sft && polarity !== 'positive')).toEqual([]);
    const minima = (kept: boolean): readonly number[] => right.filter(({ sft }) => sft === kept).map((chain) => sftRow(chain).min_value);
    expect(minima(true)).toHaveLength(Math.min(right.length, choice.keepTop ?? Infinity));
    if (minima(false).length > 0) expect(Math.min(...minima(true))).toBeGreaterThanOrEqual(Math.max(...minima(false)));
  }), runs);
});

test('makes pairs of nodes with values only, wider than the threshold, of two texts, each two texts once and in one direction, widest first', () => {
  fc.assert(fc.property(randomTree, settings, (tree, choice) => {
    const byId = new Map(tree.nodes.map((node) => [node.id, node]));
    const children = (parent: string | null): number => tree.nodes.filter(({ parentId, outcome }) => parentId === parent && outcome === 'ok').length;
    const made = pairs(tree, choice);
    const texts = made.map(({ chosen, rejected }) => [chosen, rejected].map(({ steps }) => steps.map(({ text }) => text).join('\n\n')));
    for (const [chosen, rejected] of texts) expect(chosen).not.toBe(rejected);
    expect(new Set(texts.map((two) => JSON.stringify(two))).size).toBe(made.length);
    expect(texts.filter(([chosen, rejected]) => texts.some((other) => other[0] === rejected && other[1] === chosen))).toEqual([]);
    expect(made.length).toBeLessThanOrEqual(choice.pairsMax ?? Infinity);
    made.forEach(({ kind, chosen, rejected, gap, finished, ordinal }, at) => {
      const [a, b] = [byId.get(chosen.nodeId)!, byId.get(rejected.nodeId)!];
      expect(choice.pairs).toContain(kind);
      expect(ordinal).toBe(at);
      expect(gap).toBe(chosen.value - rejected.value);
      expect(gap).toBeGreaterThan(choice.pairThreshold!);
      if (at > 0) expect(gap).toBeLessThanOrEqual(made[at - 1]!.gap);
      for (const { steps } of [chosen, rejected]) for (const { nodeId } of steps) expect(byId.get(nodeId)!.value).not.toBeNull();
      expect(finished).toBe(a.action === 'finish' && b.action === 'finish');
      if (kind === 'level') { expect(a.depth).toBe(b.depth); expect(a.parentId).not.toBe(b.parentId); expect(Math.min(children(a.parentId), children(b.parentId))).toBeGreaterThan(1); }
      if (kind === 'siblings') expect(a.parentId).toBe(b.parentId);
      if (kind === 'leaf') expect([a.verdict?.status, b.verdict?.status]).toEqual(['right', 'wrong']);
    });
  }), runs);
});

test('makes the pairs that one gets by writing all of them down, dropping what is contradicted, sorting and cutting', () => {
  fc.assert(fc.property(randomTree, settings, (tree, choice) => {
    const prefixes = prefixesOf(tree);
    const text = ({ chosen, rejected }: Preference, reversed = false): string => (reversed ? [rejected, chosen] : [chosen, rejected]).map(({ path }) => path.map((node) => node.text).join('\n\n')).join(' | ');
    const all = choice.pairs.flatMap((kind) => [...pairRules[kind](prefixes, familyOf(tree, choice.pairThreshold!)).pairs()]).filter(({ chosen, rejected }) => chosen.text !== rejected.text);
    const said = new Set(all.map((pair) => text(pair)));
    const gap = ({ chosenValue, rejectedValue }: Preference): number => chosenValue - rejectedValue;
    const sorted = all.filter((pair) => !said.has(text(pair, true)))
      .sort((a, b) => gap(b) - gap(a) || pairKinds.indexOf(a.kind) - pairKinds.indexOf(b.kind) || a.chosen.place - b.chosen.place || a.rejected.place - b.rejected.place);
    const plain = sorted.filter((pair, at) => sorted.findIndex((other) => text(other) === text(pair)) === at).slice(0, choice.pairsMax ?? undefined);
    const invalid = choice.filterInvalid && labelTree(tree, choice).length === 0;
    expect(pairs(tree, choice).map(({ kind, chosen, rejected }) => [kind, chosen.nodeId, rejected.nodeId])).toEqual(invalid ? [] : plain.map(({ kind, chosen, rejected }) => [kind, chosen.node.id, rejected.node.id]));
  }), runs);
});

test('says of two texts whether a rule prefers one as its pairs do', () => {
  fc.assert(fc.property(randomTree, fc.constantFrom(...pairKinds), fc.constantFrom(0, 0.3, 0.8), (tree, kind, threshold) => {
    const prefixes = prefixesOf(tree);
    const rule = pairRules[kind](prefixes, familyOf(tree, threshold));
    const said = new Set([...rule.pairs()].map(({ chosen, rejected }) => `${chosen.text} ${rejected.text}`));
    const texts = [...new Set(prefixes.map(({ text }) => text))];
    for (const one of texts) for (const other of texts) if (one !== other) expect(rule.prefers(one, other)).toBe(said.has(`${one} ${other}`));
  }), { numRuns: 300 });
});

test('cuts the pairs of a tree where they would go on: fewer are the first of more', () => {
  fc.assert(fc.property(randomTree, fc.subarray([...pairKinds], { minLength: 1 }), fc.integer({ min: 1, max: 12 }), (tree, kinds, pairsMax) => {
    const of = (bound: number | null) => pairs(tree, resolveLabels('meds3-v2', { pairs: kinds, pairThreshold: 0.3, pairsMax: bound })).map(({ labelsHash: _hash, ...rest }) => rest);
    expect(of(pairsMax)).toEqual(of(null).slice(0, pairsMax));
  }), { numRuns: 300 });
});

test('joins the prompt and completions of a PRM row to the text of the SFT row, and each step of a pair is a step of the chain', () => {
  fc.assert(fc.property(randomTree, fc.constantFrom('marked' as const, 'paragraph' as const), (tree, stepping) => {
    const written = { ...tree, search: { ...tree.search, stepping } };
    for (const chain of chains(written, resolveLabels('meds3-v2'))) {
      const [prm, sft] = [prmRow(chain), sftRow(chain)];
      expect([prm.prompt, ...prm.completions].join('\n\n')).toBe(`${sft.prompt[0]!.content}\n\n${sft.completion[0]!.content}`);
    }
    for (const pair of pairs(written, resolveLabels('meds3-v2', { pairs: ['level', 'siblings'], pairThreshold: 0.3 }))) {
      const row = preferenceStepsRow(pair);
      expect(row.chosen.split('\n\n')).toHaveLength(row.chosen_depth + 2); // Step 0 before them, nothing behind the last separator
    }
  }), { numRuns: 300 });
});
