import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Gold } from '@slowthink/records';
import { combined, drugs, germs, no, number, yes } from './golden/golden.ts';
import { grade, statesAnswer } from './index.ts';

const golds: readonly Gold[] = [drugs, germs, combined, yes, no, number(5, 'mg'), number(-2.5, ''), number(5, 'mcg/kg/min'), { kind: 'name', answer: 'gerd' }];
const fragments = ['The answer is ', 'answer:', ' B', '(C)', ' or ', 'not ', '\\boxed{', '}', '**', '\n', '\n\n', 'Step 2: ', 'Nitroglycerin', 'E. coli', ' 5', ' mg', '/kg', '1,000', ' = ', '?', ' if ', 'wait, ', ' is correct', 'yes', 'no', '</think>', '<|im_end|>', '½', '⁻³', '\ud800'];
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.oneof(fc.constantFrom(...fragments), fc.string({ maxLength: 6 })), { maxLength: 30 }).map((parts) => parts.join('')));
const prose = fc.array(fc.constantFrom('the', 'patient', 'improves', 'and', 'goes', 'home', 'with', 'pain', 'A', 'B', 'vitamin', '45', 'mg', 'option', 'no', 'yes'), { maxLength: 20 }).map((words) => words.join(' '));

describe('laws of the grader', () => {
  it('gives a well-formed verdict on any text and never throws', () => {
    fc.assert(fc.property(anyText, fc.constantFrom(...golds), fc.boolean(), (text, gold, truncated) => {
      const verdict = grade(text, gold, { truncated });
      expect(typeof statesAnswer(text, gold)).toBe('boolean');
      expect(verdict.normalised === '').toBe(verdict.status === 'none');
      expect(verdict.answer === '').toBe(verdict.status === 'none');
      if (verdict.status === 'none') expect(verdict.why).toBe(truncated ? 'truncated' : 'no answer');
      if (verdict.status === 'right') expect(verdict.why).toBeUndefined();
    }), { numRuns: 2000 });
  });
  it('calls a choice right exactly when its key is the gold letter', () => {
    fc.assert(fc.property(anyText, fc.constantFrom(drugs, germs, combined), (text, gold) => {
      const verdict = grade(text, gold);
      expect(verdict.status === 'right').toBe(verdict.normalised === gold.answer);
    }), { numRuns: 2000 });
  });
  it('finds the same letter in every style, whatever prose stands before it', () => {
    const styles: readonly ((letter: string) => string)[] = [(l) => `The answer is ${l}.`, (l) => `The answer is (${l})`, (l) => `**Answer:** ${l}`, (l) => `\\boxed{${l}}`, (l) => `The correct option is ${l})`, (l) => `Final answer: **${l}**`, (l) => `answer: ${l.toLowerCase()}`];
    fc.assert(fc.property(prose, fc.constantFrom(...'ABCDE'), fc.constantFrom(...styles), (before, letter, style) => {
      expect(grade(`${before}.\n\n${style(letter)}`, drugs)).toMatchObject({ status: letter === 'B' ? 'right' : 'wrong', normalised: letter });
    }));
  });
  it('does not change its verdict on a stated choice for prose after it', () => {
    fc.assert(fc.property(fc.constantFrom(...'ABCDE'), prose, (letter, after) => {
      expect(grade(`The answer is ${letter}.\n\n${after}`, drugs).normalised).toBe(letter);
    }), { numRuns: 5000, examples: [['A', 'no B']] });
  });
  it('does not look behind the end of the turn', () => {
    fc.assert(fc.property(fc.constantFrom(...'ABCDE'), fc.constantFrom('<|im_end|>', '<|eot_id|>', '</s>', '<end_of_turn>'), fc.string(), (letter, end, after) => {
      expect(grade(`The answer is ${letter}.${end}${after}`, drugs).normalised).toBe(letter);
    }));
  });
  it('judges a quantity alike in every unit of its dimension', () => {
    const units = [['mg', 1], ['g', 1e-3], ['mcg', 1e3], ['kg', 1e-6], ['µg', 1e3]] as const;
    fc.assert(fc.property(fc.integer({ min: 1, max: 99_999 }), fc.constantFrom(...units), fc.constantFrom(...units), (value, [unit, factor], [goldUnit, goldFactor]) => {
      expect(grade(`The answer is ${value * factor} ${unit}.`, number(value * goldFactor, goldUnit, 0)).status).toBe('right');
      expect(grade(`The answer is ${value * factor * 1.03} ${unit}.`, number(value * goldFactor, goldUnit, 0.02)).status).toBe('wrong');
    }));
  });
  it('reads the thousands of a number as it reads its plain digits', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 999_999_999 }), (value) => {
      expect(grade(`The answer is ${value.toLocaleString('en-US')} mL.`, number(value, 'mL', 0)).status).toBe('right');
    }));
  });
});

describe('hostile text', () => {
  const megabyte = (piece: string) => piece.repeat(Math.ceil(1e6 / piece.length));
  it.each(['(', 'answer is ', 'answer is answer is ', '\\boxed{', 'answer: ((((((', 'B is correct. ', '\n\n \n', '1', 'answer = '])('judges a megabyte of %j', (piece) => {
    expect(['none', 'wrong', 'right']).toContain(grade(megabyte(piece), drugs).status);
    expect(grade(`${megabyte(piece)}\n\nThe final answer is B.`, drugs)).toMatchObject({ normalised: 'B' });
  });
});
