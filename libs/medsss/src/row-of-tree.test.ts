import { markStep, STEP_ZERO } from '@slowthink/prompts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMedsssRow } from './medsss-row.ts';
import { rowOfTree, type WrittenForm } from './row-of-tree.ts';
import { frame, objects, question, tuples } from './testing/released-rows.ts';
import { treeOfRow } from './tree-of-row.ts';

const treeOf = (fields: { readonly [name: string]: unknown }) => treeOfRow(question, readMedsssRow(fields, 'line 1'), 1, 'line 1', frame).tree;
const form = (chains: WrittenForm['chains'], marks = true): WrittenForm => ({ chains, marks, unsimulated: 'leave-out' });

describe('a tree written as a row', () => {
  it('is the row it was made of, in either form', () => {
    expect(rowOfTree(treeOf(tuples), form('tuples'))).toEqual(tuples);
    expect(rowOfTree(treeOf(objects), form('objects'))).toEqual(objects);
    expect(rowOfTree(treeOf(tuples), form('objects'))).toEqual(objects);
  });

  it('has simulations of null in tuples where the form that was read has none', () => {
    expect(rowOfTree(treeOf(objects), form('tuples'))!.pos[0]![1]).toEqual(['Step 1: Look at the heart.', 0.8, null]);
  });

  it('says of a tree that was searched here the id inside its data set, the gold and right / n of its simulations', () => {
    const { source: _source, ...tree } = treeOf(tuples);
    const searched = { ...tree, nodes: tree.nodes.map(({ simulation: _simulation, ...node }) => (node.id === '0.0' ? { ...node, right: 7, simulations: 10 } : node)) };
    const row = rowOfTree(searched, form('tuples'))!;
    expect(row).toMatchObject({ id: '17', question: question.prompt.text, answer: 'B' });
    expect(row.pos[0]).toEqual([['Step 0: Let\'s break down this problem step by step.', 0.5, null], ['Step 1: Look at the heart.', 0.8, 0.7], ['Step 2: Weigh it.', 0.9, null], ['Step 3: The answer is B.', 1, null]]);
    expect(rowOfTree({ ...searched, gold: { kind: 'number', answer: 5, unit: 'mg', tolerance: 0 } }, form('objects'))!.answer).toBe('5 mg');
  });

  it('is none for a failed tree and for one without a chain', () => {
    const tree = treeOf(tuples);
    expect(rowOfTree({ ...tree, status: 'failed' }, form('objects'))).toBeUndefined();
    expect(rowOfTree({ ...tree, nodes: tree.nodes.slice(0, 3) }, form('objects'))).toBeUndefined();
  });

  /** Chains over few words, so that prefixes are shared and twins come about; each text once. */
  const share = fc.oneof(fc.constantFrom(0, 1, 0.5), fc.double({ min: 0, max: 1, noNaN: true }));
  const inner = fc.record({ text: fc.constantFrom('Look.', 'Weigh it.', 'Stepwise therapy helps.', 'a × b = ½'), value: share, simulation: fc.option(share) });
  const chains = fc.uniqueArray(fc.record({ steps: fc.array(inner, { maxLength: 4 }), last: fc.constantFrom('The answer is A.', 'The answer is B.', 'So: B.'), right: fc.boolean() }), { minLength: 1, maxLength: 8, selector: ({ steps, last }) => [...steps.map(({ text }) => text), last].join('|') });

  it.each([['objects', true], ['objects', false], ['tuples', true], ['tuples', false]] as const)('comes back equal, order and numbers, whatever the chains: %s, marks %s', (chainForm, marks) => {
    fc.assert(fc.property(chains, share, fc.oneof(fc.integer(), fc.string({ minLength: 1 })), (all, root, id) => {
      const element = (text: string, k: number, value: number, simulation: number | null): unknown => { const said = `${marks ? markStep(k) : ''}${text}`; return chainForm === 'tuples' ? [said, value, simulation] : { step: said, value }; };
      const list = (wanted: boolean): unknown => all.filter(({ right }) => right === wanted).map(({ steps, last }) => [element(STEP_ZERO, 0, root, null), ...steps.map(({ text, value, simulation }, at) => element(text, at + 1, value, simulation)), element(last, steps.length + 1, Number(wanted), null)]);
      const row = { id, question: question.prompt.text, pos: list(true), neg: list(false), answer: 'B' };
      expect(JSON.parse(JSON.stringify(rowOfTree(treeOf(row), form(chainForm, marks))))).toEqual(JSON.parse(JSON.stringify(row)));
    }), { numRuns: 150 });
  });
});
