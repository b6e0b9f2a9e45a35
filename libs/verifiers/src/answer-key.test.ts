import type { Gold } from '@slowthink/records';
import { describe, expect, it } from 'vitest';
import { foldAnswer, keyAnswer } from './answer-key.ts';

const open: Gold = { kind: 'open', answer: 'less salt' };
const choice: Gold = { kind: 'choice', answer: 'B', options: [{ letter: 'A', text: 'Aspirin' }, { letter: 'B', text: 'Nitroglycerin' }] };

describe('the key of a judged answer', () => {
  it('is the rules\' own where they read the answer, so that a letter and its option are one vote', () => {
    for (const text of ['The answer is B.', 'The answer is (B) Nitroglycerin.', 'It helps.\n\nThe correct option is B']) expect(keyAnswer(choice, text).normalised, text).toBe('B');
    expect(keyAnswer(choice, 'I would give something for the heart.', 'B. Nitroglycerin')).toEqual({ answer: 'B. Nitroglycerin', normalised: 'B' });
  });

  it('is the last line without its cue where no rule reads it, in folded words', () => {
    for (const text of ['Salt binds water.\n\nThe answer is less salt.', 'Final answer: **Less  salt**', 'So the answer is “less salt”'.replace(/[“”]/g, '"'), 'less salt']) expect(keyAnswer(open, text).normalised, text).toBe('less salt');
    expect(keyAnswer(open, 'The answer is')).toEqual({ answer: 'The answer is', normalised: 'the answer is' }); // never empty
  });

  it('is bounded, and differs where long answers differ', () => {
    const long = 'salt '.repeat(100);
    const [one, other] = [foldAnswer(`${long}1`), foldAnswer(`${long}2`)];
    expect(one.length).toBeLessThanOrEqual(200);
    expect(one).not.toBe(other);
    expect(keyAnswer(open, 'x'.repeat(1e6)).answer).toHaveLength(500);
    expect(foldAnswer('...')).toBe('...');
  });
});
