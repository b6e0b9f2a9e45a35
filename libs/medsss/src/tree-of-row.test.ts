import { labelTree, resolveLabels, type LabelChoices } from '@slowthink/labels';
import { decodeRecord, encodeRecord, type PairRecord, type TrajectoryRecord } from '@slowthink/records';
import { describe, expect, it } from 'vitest';
import { readMedsssRow } from './medsss-row.ts';
import { frame, objects, question, tuples, zero } from './testing/released-rows.ts';
import { treeOfRow, type ImportFrame, type ImportedTree } from './tree-of-row.ts';

const made = (fields: { readonly [name: string]: unknown } = tuples, change: Partial<ImportFrame> = {}, asked = question): ImportedTree => treeOfRow(asked, readMedsssRow(fields, 'line 3'), 3, 'line 3', { ...frame, ...change });
const labelled = ({ tree }: ImportedTree, choices: LabelChoices = {}) => labelTree(tree, resolveLabels('meds3-v2', choices));
const chainsOf = (imported: ImportedTree, choices: LabelChoices = {}): readonly TrajectoryRecord[] => labelled(imported, choices).filter((record) => record.type === 'trajectory');
const pairsOf = (imported: ImportedTree, choices: LabelChoices): readonly PairRecord[] => labelled(imported, choices).filter((record) => record.type === 'pair');

describe('the tree of a row', () => {
  it('has one node a common prefix, a twin where text is equal and the value another, and a Finish of its own for each chain', () => {
    expect(made().tree.nodes.map(({ id, parentId, depth, expansion, action, text, value, simulation }) => [id, parentId, depth, expansion, action, text, value, simulation])).toEqual([
      ['0', null, 0, 0, 'root', "Let's break down this problem step by step.", 0.5, null],
      ['0.0', '0', 1, 1, 'reason', 'Look at the heart.', 0.8, 0.7],
      ['0.0.0', '0.0', 2, 1, 'reason', 'Weigh it.', 0.9, 1],
      ['0.0.0.0', '0.0.0', 3, 1, 'finish', 'The answer is B.', 1, null],
      ['0.0.1', '0.0', 2, 2, 'reason', 'Weigh it.', 0.4, 0.2],
      ['0.0.1.0', '0.0.1', 3, 2, 'finish', 'So the answer is B.', 1, null],
      ['0.0.2', '0.0', 2, 3, 'finish', 'The answer is A.', 0, null],
      ['0.1', '0', 1, 4, 'reason', 'Look at the lungs.', 0.1, 0.1],
      ['0.1.0', '0.1', 2, 4, 'finish', 'The answer is A.', 0, null],
    ]);
  });

  it('is a valid record that says where it comes from, and that visits and counts of simulations are not known', () => {
    const { tree } = made();
    expect(decodeRecord(encodeRecord(tree), ['tree'])).toEqual(tree);
    expect(tree).toMatchObject({ questionId: 'medsss-data/train/17', status: 'closed', stop: 'imported', policy: { model: 'medsss-data' }, source: { sha256: frame.sha256, row: 3, id: 17, answer: 'B' } });
    for (const { visits, right, simulations } of tree.nodes) expect({ visits, right, simulations }).toEqual({ visits: 0, right: null, simulations: null });
    expect(tree.nodes[1]!.requestId).toBe('medsss:abababababab:3');
  });

  it('gives one chain a chain of the row, values as given and the answer as the grader reads it', () => {
    expect(chainsOf(made()).map(({ polarity, answer, steps }) => [polarity, answer, steps.map(({ value }) => value)])).toEqual([
      ['positive', 'B', [0.8, 0.9, 1]], ['positive', 'B', [0.8, 0.4, 1]], ['negative', 'A', [0.8, 0]], ['negative', 'A', [0.1, 0]],
    ]);
  });

  it('gives the same chains in both forms', () => {
    const texts = (imported: ImportedTree) => chainsOf(imported).map(({ steps }) => steps.map(({ text, value }) => [text, value]));
    expect(texts(made(objects))).toEqual(texts(made(tuples)));
  });

  it('can be labelled otherwise, and gives pairs of leaves and of siblings', () => {
    expect(chainsOf(made(), { recipe: 'dual-sided' }).map(({ steps }) => steps.map(({ label }) => label))).toEqual([[true, true, true], [true, true, true], [true, false], [true, false]]);
    expect(chainsOf(made(), { recipe: 'hard' })[1]!.steps.map(({ label }) => label)).toEqual([true, false, true]);
    expect(pairsOf(made(), { pairs: ['leaf'], pairThreshold: 0.7 }).map(({ chosen, rejected }) => [chosen.nodeId, rejected.nodeId])).toEqual([['0.0.0.0', '0.0.2'], ['0.0.0.0', '0.1.0']]);
    expect(pairsOf(made(), { pairs: ['siblings'], pairThreshold: 0.6 }).map(({ chosen, rejected }) => [chosen.nodeId, rejected.nodeId])).toEqual([['0.0.0', '0.0.2'], ['0.0', '0.1']]);
  });

  it('counts on how many chains the grader says what the file says, and the file decides', () => {
    const wrong = { ...tuples, pos: [...tuples.pos, [[zero, 0.5, null], ['Step 1: The answer is A.', 1, null]]], neg: [...tuples.neg, [[zero, 0.5, null], ['Step 1: Nobody knows.', 0, null]]] };
    const { tally } = made(wrong);
    expect(tally).toMatchObject({ chains: 6, agree: 4, disagree: 1, unread: 1, twins: 1, repeated: 0, lastValues: 0 });
    expect(chainsOf(made(wrong)).map(({ polarity, answer }) => `${polarity} ${answer}`)).toEqual(['positive B', 'positive B', 'positive A', 'negative A', 'negative A', 'negative ']);
  });

  it('lets the rules decide where they are asked to: a chain without an answer is none, and the last value follows', () => {
    const wrong = { pos: [[[zero, 0.5, null], ['Step 1: The answer is A.', 1, null]], [[zero, 0.5, null], ['Step 1: Nobody knows.', 1, null]]], neg: [[[zero, 0.5, null], ['Step 1: It is B.\nThe answer is B.', 0, null]]] };
    const imported = made(wrong, { verdicts: 'rules' });
    expect(chainsOf(imported).map(({ polarity, answer, steps }) => [polarity, answer, steps.at(-1)!.value])).toEqual([['negative', 'A', 0], ['positive', 'B', 1]]);
    expect(imported.tally).toMatchObject({ chains: 3, disagree: 2, unread: 1, lastValues: 3 });
  });

  it('takes the words of an open answer, which no rule judges', () => {
    const open = { ...question, gold: { kind: 'open', answer: 'nitroglycerin' } } as const;
    const fields = { pos: [[[zero, 0.5, null], ['Step 1: The answer is nitroglycerin.', 1, null]]] };
    expect(chainsOf(made(fields, {}, open))).toMatchObject([{ polarity: 'positive', answer: 'nitroglycerin' }]);
    expect(made(fields, {}, open).tally).toMatchObject({ agree: 0, disagree: 0, unread: 1 });
    expect(() => made(fields, { verdicts: 'rules' }, open)).toThrow('No rule judges the answer to medsss-data/train/17');
  });

  it('gives a last step the value of its verdict and counts it; leaves a repeated chain out', () => {
    const { tree, tally } = made({ pos: [[[zero, 0.5, null], ['The answer is B.', 0.75, null]], [[zero, 0.5, null], ['The answer is B.', 1, null]]] });
    expect(tree.nodes.map(({ value }) => value)).toEqual([0.5, 1]);
    expect(tally).toMatchObject({ chains: 1, repeated: 1, lastValues: 1 });
  });

  it('refuses chains that disagree about Step 0, and one text in pos and in neg', () => {
    expect(() => made({ pos: [[[zero, 0.5, null], ['The answer is B.', 1, null]], [[zero, 0.4, null], ['So B. The answer is B.', 1, null]]] })).toThrow('The row on line 3 has chains that disagree about Step 0: value 0.5, simulation null and value 0.4, simulation null.');
    expect(() => made({ pos: [[[zero, 0.5, null], ['The answer is B.', 1, null]]], neg: [[[zero, 0.5, null], ['The answer is B.', 0, null]]] })).toThrow('The row on line 3 has one chain in pos and in neg: "The answer is B."');
  });

  it('knows a Reflect by its words, so that rows say that they hold one', () => {
    const fields = { pos: [[[zero, 0.5, null], ['Step 1: It is A.', 0.2, 0], ['Step 2: Let me check the steps above. The heart is meant.', 0.9, 1], ['Step 3: The answer is B.', 1, null]]] };
    expect(chainsOf(made(fields))).toMatchObject([{ reflects: 1 }]);
  });
});
