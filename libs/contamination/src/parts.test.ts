import type { QuestionRecord } from '@slowthink/records';
import { describe, expect, it } from 'vitest';
import { partsOf } from './parts.ts';

const choice = (...texts: readonly string[]): QuestionRecord['gold'] => ({ kind: 'choice', answer: 'A', options: texts.map((text, at) => ({ letter: 'ABCDE'[at]!, text })) });
const stemOf = (text: string, gold: QuestionRecord['gold']): string => partsOf({ prompt: { text }, gold }).stem.join(' ');

describe('the stem of a question', () => {
  const gold = choice('a blue pill', 'a red pill');
  it.each([
    ['A. and B.', 'Which helps?\nA. a blue pill\nB. a red pill'],
    ['(A) and (B)', 'Which helps?\n(A) a blue pill\n(B) a red pill'],
    ['dashes', 'Which helps?\n- a blue pill\n- a red pill'],
    ['a label before it', 'Question: Which helps?\n\nA. a blue pill\nB. a red pill'],
  ])('stands before its options, marked by %s', (_, text) => { expect(stemOf(text, gold)).toBe('which helps'); });

  it('keeps what follows the options', () => { expect(stemOf('Which helps?\nA. a blue pill\nB. a red pill\n\nSay why.', gold)).toBe('which helps say why'); });
  it('keeps words that an option repeats', () => { expect(stemOf('Is a blue pill or a red pill better?\nA. a blue pill\nB. a red pill', gold)).toBe('is a blue pill or a red pill better'); });
  it('is the whole text where the options do not stand in it', () => { expect(stemOf('Which helps?', gold)).toBe('which helps'); });
});

it('reads every word once: turns before, stem, options', () => {
  const parts = partsOf({ prompt: { text: 'Which helps?\nA. blue pill\nB. red pill', history: [{ role: 'user', content: 'Hello there.' }] }, gold: choice('blue pill', 'red pill') });
  expect(parts).toEqual({ stem: ['which', 'helps'], whole: ['hello', 'there', 'which', 'helps', 'blue', 'pill', 'red', 'pill'], stemFrom: 2, options: ['blue pill', 'red pill'] });
});

it.each([['yes, no and maybe', choice('yes', 'no', 'maybe')], ['letters', choice('A', 'B', 'C')], ['numbers', choice('1', '2', '3')], ['a number', { kind: 'number', answer: '5', tolerance: 0 } as unknown as QuestionRecord['gold']]])('has no options that tell anything where they are %s', (_, gold) => {
  expect(partsOf({ prompt: { text: 'Which?\nA. x\nB. y' }, gold }).options).toEqual([]);
});
