import { FaultError } from '@slowthink/faults';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMedsssRow } from './medsss-row.ts';
import { objects, tuples, zero } from './testing/released-rows.ts';

const chain = (...steps: readonly unknown[]): unknown => [{ step: zero, value: 0.5 }, ...steps];
const refused = (fields: { readonly [name: string]: unknown }): string => {
  try { readMedsssRow(fields, 'line 12'); } catch (error) { expect(error).toBeInstanceOf(FaultError); expect((error as FaultError).code).toBe('QUESTION_ROW_INVALID'); return (error as FaultError).message; }
  throw new Error('The row was read.');
};

describe('a row of MedSSS-data', () => {
  it('is read in the form of the code, with the simulation of each step', () => {
    const { pos, neg, id, answer, tidied } = readMedsssRow(tuples, 'line 1');
    expect({ id, answer, tidied, pos: pos.length, neg: neg.length }).toEqual({ id: 17, answer: 'B', tidied: 0, pos: 2, neg: 2 });
    expect(pos[0]).toEqual([{ text: "Let's break down this problem step by step.", value: 0.5, simulation: null }, { text: 'Look at the heart.', value: 0.8, simulation: 0.7 }, { text: 'Weigh it.', value: 0.9, simulation: 1 }, { text: 'The answer is B.', value: 1, simulation: null }]);
  });

  it('is read in the form of the first release, which says nothing of simulations', () => {
    const { pos } = readMedsssRow(objects, 'line 1');
    expect(pos[0]![1]).toEqual({ text: 'Look at the heart.', value: 0.8 });
  });

  it('may have texts without marks, and Step 0 with another apostrophe and no value', () => {
    const { pos, tidied } = readMedsssRow({ pos: [[['Let’s break down this problem step by step', null, null], ['The answer is B.', 1, null]]] }, 'line 1');
    expect(pos[0]!.map(({ text, value }) => [text, value])).toEqual([['Let’s break down this problem step by step', null], ['The answer is B.', 1]]);
    expect(tidied).toBe(0);
  });

  it('counts the steps that must be tidied to stay one step: blank lines, marks inside, the wrong number', () => {
    const { pos, tidied } = readMedsssRow({ pos: [chain({ step: 'Step 1: Look.\n\nAgain.', value: 0.5 }, { step: 'Step 7: The answer is B.\n\n', value: 1 })] }, 'line 1');
    expect(pos[0]!.map(({ text }) => text).slice(1)).toEqual(['Look.\nAgain.', 'The answer is B.']);
    expect(tidied).toBe(2);
  });

  it.each([
    ['no chain at all', { pos: [], neg: null }, 'The row on line 12 has no chain: both pos and neg are missing or empty.'],
    ['pos that is no list', { pos: 'Step 0' }, 'has the text "Step 0" as pos; a list of chains is wanted.'],
    ['one chain instead of a list of chains', { neg: chain({ step: 'x', value: 0 }) }, 'has an object with step, value as chain 1 of neg; a list of steps is wanted.'],
    ['a chain of texts', { pos: [[zero, 'Step 1: The answer is B.']] }, 'as step 0 of chain 1 of pos; { step, value } or [text, value, simulation] is wanted.'],
    ['an element of two', { pos: [[[zero, 0.5]]] }, 'has a list of 2 as step 0 of chain 1 of pos'],
    ['an element with other names', { pos: [chain({ text: 'x', value: 1 })] }, 'has an object with text, value as step 1 of chain 1 of pos'],
    ['a value above 1', { pos: [chain({ step: 'x', value: 1.5 })] }, 'has the value 1.5 in step 1 of chain 1 of pos; a number of 0 to 1 is wanted.'],
    ['a value below 0', { neg: [chain({ step: 'x', value: -0.1 })] }, 'has the value -0.1 in step 1 of chain 1 of neg'],
    ['a value that is text', { pos: [chain({ step: 'x', value: '1' })] }, 'has the value "1" in step 1'],
    ['NaN', { pos: [chain({ step: 'x', value: Number.NaN })] }, 'has the value null in step 1'],
    ['no value behind Step 0', { pos: [chain({ step: 'x', value: null })] }, 'has the value null in step 1'],
    ['a simulation above 1', { pos: [[[zero, 0, null], ['x', 1, 7]]] }, 'has the simulation 7 in step 1 of chain 1 of pos; a number of 0 to 1 or null is wanted.'],
    ['a chain without Step 0', { pos: [[{ step: 'Step 1: Look.', value: 0.5 }, { step: 'x', value: 1 }]] }, 'has chain 1 of pos without Step 0: it begins with "Look."'],
    ['an empty chain', { neg: [[]] }, 'has chain 1 of neg without Step 0'],
    ['Step 0 alone', { pos: [chain()] }, 'has chain 1 of pos with Step 0 alone.'],
    ['a step without text', { pos: [chain({ step: 'Step 1: ', value: 1 })] }, 'has no text in step 1 of chain 1 of pos.'],
    ['Step 0 twice', { pos: [chain({ step: zero, value: 1 })] }, 'has the text of Step 0 again in step 1 of chain 1 of pos.'],
    ['an integer of Parquet as value', { pos: [chain({ step: 'x', value: 7n })] }, 'has the value 7 in step 1'],
  ])('is refused with its place: %s', (_name, fields, message) => { expect(refused(fields)).toContain(message); });

  it('is refused for half a surrogate pair, which no Parquet file can hold', () => {
    expect(() => readMedsssRow({ pos: [chain({ step: 'x \ud800', value: 1 })] }, 'line 12')).toThrow('The row on line 12 holds half a surrogate pair in step 1 of chain 1 of pos');
  });

  it('is read or refused with a fault, whatever stands in it', () => {
    const element = fc.oneof(fc.anything({ withBigInt: true }), fc.constant({ step: zero, value: 0 }), fc.constant([zero, 0, null]), fc.record({ step: fc.string(), value: fc.double() }));
    fc.assert(fc.property(fc.oneof(fc.anything(), fc.array(fc.array(element, { maxLength: 4 }), { maxLength: 3 })), fc.anything(), (pos, neg) => {
      try { readMedsssRow({ pos, neg }, 'line 1'); } catch (error) { if (!(error instanceof FaultError)) throw error; }
    }), { numRuns: 500 });
  });
});
