import { describe, expect, it } from 'vitest';
import type { Gold } from '@slowthink/records';
import { bmi, claim, disease, drugs, number, rare, span, stage, yes } from './golden/golden.ts';
import { canGrade, grade, statesAnswer } from './index.ts';

const open: Gold = { kind: 'open', answer: 'gerd' };
const key = (text: string, gold: Gold = drugs) => grade(text, gold).normalised;

describe('known defects of the reference code', () => {
  it('finds "The answer is A" with more text below it', () => {
    expect(grade('The answer is A\nmore text', { ...drugs, answer: 'A' } as Gold)).toMatchObject({ status: 'right', normalised: 'A' });
  });
  it('reads "(C)", "option C" and ": D" as the letters they are', () => {
    expect(['(C)', 'option C', ': D', 'The answer is (C)', 'The answer is option C', 'Answer: D'].map((text) => key(text))).toEqual(['C', 'C', 'D', 'C', 'C', 'D']);
  });
  it('does not accept "25 mg" for the gold "5 mg"', () => {
    expect(grade('The answer is 25 mg.', number(5, 'mg')).status).toBe('wrong');
    expect(grade('25 mg', number(5, 'mg')).status).toBe('wrong');
  });
  it('does not accept an answer that is negated', () => {
    expect(grade('The answer is not nitroglycerin.', drugs).status).toBe('none');
    expect(grade('The answer is not B.', drugs).status).toBe('none');
    expect(grade('not nitroglycerin', drugs).status).toBe('none');
  });
  it('does not accept "not gerd" for the gold "gerd", nor any text that only contains the gold', () => {
    for (const text of ['not gerd', 'The answer is not gerd.', 'non-gerd', 'It is unlike gerd.', 'gerdx', 'The answer is gerd-like pain.', 'The answer is hangerd.']) expect([text, grade(text, span('gerd')).status]).not.toEqual([text, 'right']);
    for (const text of ['25 mg', 'The answer is 15 mg.', '5 mg/kg', '0.5 mg', '5 mg to 10 mg']) expect([text, grade(text, span('5 mg')).status]).toEqual([text, 'wrong']);
    expect(grade('mg', span('5 mg')).status).not.toBe('right'); // nor one that the gold contains
  });
  it('does not take the gold letter from anywhere in the text', () => {
    for (const text of ['Vitamin B is low.', 'Group B streptococci grow.', 'A B C of resuscitation comes first.', 'See option B above for details.']) expect(grade(text, drugs)).toMatchObject({ status: 'none', why: 'no answer' });
  });
  it('meets equal answers under one key, however they are written', () => {
    expect(new Set(['B', 'B. Nitroglycerin', '(b)', 'The answer is **B**.', '\\boxed{B}', 'nitroglycerin', 'Answer: NITROGLYCERIN'].map((text) => key(text)))).toEqual(new Set(['B']));
    expect(new Set(['5 mg', '5000 mcg', '0.005 g', 'The answer is 5.'].map((text) => key(text, number(5, 'mg'))))).toEqual(new Set(['5 mg']));
  });
  it('gives a verdict on no answer at all', () => {
    expect(grade('', drugs)).toEqual({ status: 'none', why: 'no answer', answer: '', normalised: '', rule: 'none' });
  });
  it('computes nothing that a text asks it to compute', () => {
    expect(grade('The answer is 2 * 2.5 mg', number(5, 'mg')).status).toBe('none');
    expect(grade('The answer is __import__("os").getpid()', number(5, 'mg')).status).toBe('none');
  });
});

describe('grade', () => {
  it('says why a cut-off text has no answer', () => {
    expect(grade('The patient has', drugs, { truncated: true })).toMatchObject({ status: 'none', why: 'truncated' });
  });
  it('does not trust an answer that the cut may have halved', () => {
    expect(grade('The answer is 2', number(2, 'mg'), { truncated: true })).toMatchObject({ status: 'none', why: 'truncated' }); // 2.5 mg?
    expect(grade('The answer is B', drugs, { truncated: true }).status).toBe('none'); // B cells?
    expect(grade('The answer is B.', drugs, { truncated: true }).status).toBe('right');
    expect(grade('The answer is B. It dilates', drugs, { truncated: true }).status).toBe('right');
  });
  it('has no answer where the cut leaves it taken back, doubted or half exchanged', () => {
    for (const more of ["Wait, that's not right. Let me", "Wait, that's not right", 'Wait', 'Wait, let me rec', "Wait, it's A", 'On second thought, A']) expect([more, grade(`The answer is B. ${more}`, drugs, { truncated: true })]).toMatchObject([more, { status: 'none', why: 'truncated' }]);
    for (const more of ['It dilates', 'Actually, it dilates', 'Let me double-check. It dilates veins. And']) expect([more, grade(`The answer is B. ${more}`, drugs, { truncated: true }).status]).toEqual([more, 'right']);
  });
  it('names no option when two options have the same words', () => {
    const twins: Gold = { kind: 'choice', answer: 'A', options: [{ letter: 'A', text: 'Aspirin' }, { letter: 'B', text: 'aspirin.' }] };
    expect(grade('The answer is aspirin.', twins).status).toBe('none');
    expect(grade('The answer is A. Aspirin', twins).status).toBe('right');
  });
  it('serves 2 and 26 options', () => {
    const options = (count: number) => Array.from({ length: count }, (_, index) => ({ letter: String.fromCharCode(65 + index), text: `disease number ${index}` }));
    expect(grade('The answer is C.', { kind: 'choice', answer: 'B', options: options(2) }).status).toBe('none');
    expect(grade('The answer is Z.', { kind: 'choice', answer: 'Z', options: options(26) }).status).toBe('right');
    expect(grade('The answer is disease number 2.', { kind: 'choice', answer: 'C', options: options(26) }).status).toBe('right');
    expect(grade('The answer is I think disease number 2.', { kind: 'choice', answer: 'C', options: options(26) }).normalised).not.toBe('C');
  });
  it('reads option texts that begin with an article, a negation or a comparison, or end in a question mark', () => {
    const odd: Gold = { kind: 'choice', answer: 'A', options: ['A type 1 error', 'Not tapered', '>81 dB', '"How are you?"', 'A, B'].map((text, index) => ({ letter: String.fromCharCode(65 + index), text })) };
    expect(['A type 1 error', 'Not tapered', '>81 dB', '"How are you?"', 'A, B'].map((text) => key(`The answer is ${text}`, odd))).toEqual(['A', 'B', 'C', 'D', 'E']);
    expect(['A type 1 error', 'Not tapered', '>81 dB', '"How are you?"', 'A, B'].map((text) => key(text, odd))).toEqual(['A', 'B', 'C', 'D', 'E']);
    expect(['C. A type 1 error', 'The answer is D. "How are you?"', 'Option A (A type 1 error) is the correct answer.', 'A. A type 1 error is the correct answer.'].map((text) => key(text, odd))).toEqual(['C', 'D', 'A', 'A']);
  });
  it('keeps numbers and signs of option texts apart', () => {
    const lenses: Gold = { kind: 'choice', answer: 'A', options: [{ letter: 'A', text: '-2.5 D' }, { letter: 'B', text: '+2.5 D' }, { letter: 'C', text: '2.5%' }, { letter: 'D', text: '25%' }] };
    expect(['-2.5 D', '+2.5 D', '2.5%', '25%', '5%'].map((text) => key(`The answer is ${text}.`, lenses))).toEqual(['A', 'B', 'C', 'D', '']);
  });
  it('holds the tolerance on both sides and exactly at its edge', () => {
    expect(['99', '101', '98.9', '101.1'].map((value) => grade(`The answer is ${value} mL.`, number(100, 'mL')).status)).toEqual(['right', 'right', 'wrong', 'wrong']);
    expect(grade('The answer is 0.1 mL.', number(0.1, 'mL', 0)).status).toBe('right');
    expect(grade('The answer is 100 mcL.', number(0.1, 'mL', 0)).status).toBe('right');
  });
  it('judges every kind but open, for which there is no rule', () => {
    expect([drugs, yes, number(1, 'mg'), stage, claim, span('high'), disease, rare, open].map((gold) => canGrade(gold))).toEqual([true, true, true, true, true, true, true, true, false]);
    expect(grade('The answer is gerd', open)).toMatchObject({ status: 'none', rule: 'no grader' });
  });
  it('grades nothing that is only thought, and calls thinking that was cut off truncated, whatever stands in it', () => {
    expect(grade('<think>The answer is A.</think>The answer is B.', drugs)).toMatchObject({ status: 'right', normalised: 'B' });
    expect(grade('<think>The answer is B.</think>', drugs)).toMatchObject({ status: 'none', why: 'no answer' });
    expect(grade('<think>The answer is B.', drugs)).toMatchObject({ status: 'none', why: 'truncated' });
    expect(statesAnswer('<think>The answer is B.', drugs)).toBe(false);
  });
  it('holds bounds on both sides and exactly at their edges, whatever the tolerance', () => {
    expect(['25.9', '28.7', '25.89', '28.71'].map((value) => grade(`The answer is ${value}.`, bmi).status)).toEqual(['right', 'right', 'wrong', 'wrong']);
    expect(grade('The answer is 27.3.', { ...bmi, lower: 30, upper: 40 } as Gold).status).toBe('wrong');
  });
  it('finds a name among ten thousand, whole and by its longest words', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `syndrome ${index}`);
    const gold: Gold = { kind: 'name', answer: 'syndrome 77', names };
    expect(['syndrome 77', 'syndrome 7', 'syndrome 9999', 'syndrome 10000', 'syndrome'].map((name) => key(`The answer is ${name}.`, gold))).toEqual(['syndrome 77', 'syndrome 7', 'syndrome 9999', '', '']);
  });
  it('names no term whose words two terms have', () => {
    const twins: Gold = { kind: 'text', answer: 'Mild', options: ['Mild', 'mild.', 'Severe'] };
    expect([key('The answer is mild.', twins), key('The answer is severe.', twins)]).toEqual(['', 'Severe']);
  });
});

describe('statesAnswer', () => {
  it('is true for an explicit statement', () => {
    for (const text of ['The answer is (C).', '**Answer:** D', 'so \\boxed{B}', 'The correct option is C)', 'Final answer: nitroglycerin', 'Option C is the correct answer.', 'The answer is A or B.']) expect([text, statesAnswer(text, drugs)]).toEqual([text, true]);
    expect(statesAnswer('The answer is yes.', yes)).toBe(true);
    expect(statesAnswer('The answer is 7 drops.', number(5, 'mg'))).toBe(true);
    expect(statesAnswer('The answer is gerd.', open)).toBe(true);
    for (const [gold, text] of [[stage, 'The answer is Regional.'], [claim, 'Answer: 2'], [claim, '\\boxed{true}'], [span('high'), 'The answer is high.'], [span('high'), 'Final answer: 3 grams a day'], [disease, 'The answer is GERD.'], [rare, 'The answer is Gaucher disease.'], [drugs, '答案是B。'], [yes, 'La réponse est oui.']] as const) {
      expect([text, statesAnswer(text, gold)]).toEqual([text, true]);
    }
  });
  it('is false for a letter, a number or an option that a step merely mentions', () => {
    for (const text of ['A 45-year-old man has chest pain.', 'Vitamin D is low.', 'C', '(C)', 'Option C is correct in that morphine helps.', 'B. Nitroglycerin', 'The answer is not A.', 'Is the answer B?', 'The answer depends on the cause.', 'The most likely diagnosis is heparin.', 'We look for the answer.']) {
      expect([text, statesAnswer(text, drugs)]).toEqual([text, false]);
    }
    expect(statesAnswer('5 mg', number(5, 'mg'))).toBe(false);
    expect(statesAnswer('Yes.', yes)).toBe(false);
    expect(statesAnswer('Reflux follows.', open)).toBe(false);
    for (const [gold, text] of [[stage, 'Regional nodes are involved.'], [stage, 'Regional'], [claim, '2'], [claim, 'The claim is true.'], [span('high'), 'The dose is high.'], [span('high'), 'high'], [disease, 'GERD'], [disease, 'The most likely diagnosis is GERD.'], [rare, 'The answer is not Fabry disease.'], [open, 'The answer is not gerd.']] as const) {
      expect([text, statesAnswer(text, gold)]).toEqual([text, false]);
    }
  });
});
