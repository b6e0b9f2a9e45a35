// Where the released rule and this grader part. Each expectation of the released rule was also compared once with the released functions themselves, on these and on all handwritten outputs.
import type { Gold } from '@slowthink/records';
import { describe, expect, it } from 'vitest';
import { exactMatch, type MedsssRelease } from './exact-match.ts';
import { grade } from './grade.ts';

const choice = (answer: string): Gold => ({ kind: 'choice', answer, options: ['Aspirin', 'Heparin', 'Calcium'].map((text, at) => ({ letter: 'ABC'[at]!, text })) });
const span = (answer: string): Gold => ({ kind: 'span', answer });
const limits = (lower: number, upper: number): Gold => ({ kind: 'number', answer: lower, unit: '', tolerance: 0, lower, upper });

/** [first release, as it stands now, this grader] */
const three = (text: string, gold: Gold): readonly string[] => [...(['first', 'last'] as const satisfies readonly MedsssRelease[]).map((release) => exactMatch(text, gold, release)), grade(text, gold).status];

describe('the released exact match', () => {
  it('agrees with this grader on the plain sentence that the prompt asks for', () => {
    expect(three('Step 1: It is given.\n\nStep 2: The answer is C.', choice('C'))).toEqual(['right', 'right', 'right']);
    expect(three('The answer is B.', choice('C'))).toEqual(['wrong', 'wrong', 'wrong']);
    expect(three('The answer is 0.5 mg.', span('0.5 mg'))).toEqual(['right', 'right', 'right']);
  });

  it.each(['The answer is (C).', 'The answer is option C.', 'The answer is : C.', 'The answer is $C$.'])('takes only the first character of %j, which is no letter C', (text) => {
    expect(three(text, choice('C'))).toEqual(['wrong', 'wrong', 'right']);
  });

  it('does not find, in the first release, "The answer is A" with more text below it', () => {
    expect(three('The answer is A\nmore text', choice('A'))).toEqual(['wrong', 'right', 'right']);
  });

  it('takes any word that begins with the letter for the letter', () => {
    for (const text of ['The answer is aspirin, or perhaps heparin.', 'The answer is an infusion.']) expect(three(text, choice('A')).slice(0, 2)).toEqual(['right', 'right']);
    expect(grade('The answer is an infusion.', choice('A')).status).toBe('none');
  });

  it('takes the first of two statements in one line, and of two lines the last', () => {
    expect(three('The answer is C. No, the answer is B.', choice('C'))).toEqual(['right', 'right', 'wrong']);
    expect(three('The answer is C.\nNo, the answer is B.', choice('B'))).toEqual(['right', 'right', 'right']);
  });

  it('finds an answer, as it stands now, in the first letter of any last line', () => {
    expect(three('I cannot tell.\nCalcium is low.', choice('C'))).toEqual(['wrong', 'right', 'none']);
  });

  it('loses, as it stands now, a letter in quotation marks, and the statement behind thinking', () => {
    expect(three('The answer is "C".', choice('C'))).toEqual(['right', 'wrong', 'right']);
    expect(three('<think>It is C.</think>Heparin would bleed.\nThe answer is C.', choice('C'))).toEqual(['right', 'wrong', 'right']);
  });

  it('accepts "25 mg" for "5 mg", "not gerd" for "gerd", and in the first release a mention anywhere', () => {
    expect(three('The answer is 25 mg.', span('5 mg'))).toEqual(['right', 'right', 'wrong']);
    expect(three('The answer is not gerd.', span('gerd')).slice(0, 2)).toEqual(['right', 'right']);
    expect(grade('The answer is not gerd.', span('gerd')).status).not.toBe('right');
    expect(three('Gerd was ruled out.\nIt is anaemia.', span('gerd'))).toEqual(['right', 'wrong', 'wrong']);
  });

  it('does not know "0.005 g" for "5 mg", nor a class by its words', () => {
    expect(three('The answer is 0.005 g.', span('5 mg'))).toEqual(['wrong', 'wrong', 'right']);
    const claim: Gold = { kind: 'digit', answer: '2', classes: [{ digit: '0', text: 'false' }, { digit: '2', text: 'true' }] };
    expect(three('The answer is true.', claim)).toEqual(['wrong', 'wrong', 'right']);
    expect(three('The answer is 20.', claim).slice(0, 2)).toEqual(['right', 'right']);
  });

  it('reads a number with limits as it stands now: the last one, a per cent as its hundredth, and never a lone 0', () => {
    expect(three('The answer is 27.3 kg/m^2.', limits(25.9, 28.7)).slice(1)).toEqual(['wrong', 'right']); // the last number is the 2
    expect(exactMatch('The answer is 50%.', limits(0.4, 0.6))).toBe('right');
    expect(exactMatch('The answer is 0.', limits(-1, 1))).toBe('wrong');
    expect(exactMatch('The answer is 3 out of 5.', limits(3, 3))).toBe('right');
    expect(exactMatch('The answer is 1, 4, 9.', limits(3, 3))).toBe('right'); // three entries
    expect(exactMatch('The answer is 2.5.', limits(2, 2))).toBe('right'); // rounded to the even neighbour
    expect(exactMatch('The answer is 3 However 9.', limits(3, 3))).toBe('right');
  });

  it('takes an empty answer for a rare disease, since every name contains it', () => {
    expect(three('The answer is', { kind: 'name', answer: 'Fabry disease' })).toEqual(['wrong', 'right', 'none']);
    expect(three('The answer is Fabry.', { kind: 'name', answer: 'Fabry disease' }).slice(0, 2)).toEqual(['wrong', 'right']);
  });

  it.each(['The answer is ', 'Final answer: \n', 'The answer is 1', '1', '1.1 ', '1, ', '" ', ': '])('judges 200 kB of %j', (words) => {
    for (const text of [words.repeat(200_000 / words.length), `${words.repeat(200_000 / words.length)}\nx`]) for (const gold of [choice('C'), span('gerd'), limits(0.4, 0.6), limits(3, 3)]) for (const release of ['first', 'last'] as const) expect(['right', 'wrong']).toContain(exactMatch(text, gold, release));
  });
});
