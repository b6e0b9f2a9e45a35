import { describe, expect, it } from 'vitest';
import { goldenOutputs } from './golden/all.ts';
import { drugs, number } from './golden/golden.ts';
import { readAnswer, readerOf, statesAnswer, unanswered, type Allowed } from './index.ts';

const cases = Object.values(goldenOutputs).flat();
const normalisedOf = (text: string, allowed: Allowed): string => readAnswer(text, allowed)?.normalised ?? '';

describe('the answer of a text whose right answer nobody knows', () => {
  it('is the one that the grader reads, of every handwritten output of a kind that names what it allows', () => {
    const closed = cases.filter(([{ kind }]) => kind !== 'span' && kind !== 'name');
    expect(closed.length).toBeGreaterThan(500);
    for (const [gold, text, verdict, normalised] of closed) {
      expect([text, normalisedOf(text, gold)]).toEqual([text, normalised]);
      expect(readAnswer(text, gold)?.several ?? false).toBe(verdict === 'several');
    }
  });

  it('is the same of free words too, but for what only the gold tells: where a right span ends, and which synonyms mean a name', () => {
    const free = cases.filter(([{ kind }, , verdict]) => (kind === 'span' || kind === 'name') && verdict !== 'right');
    expect(free.length).toBeGreaterThan(50);
    const others = free.filter(([gold, text, , normalised]) => normalisedOf(text, gold) !== normalised);
    expect(others.map(([, text]) => text)).toEqual(['The answer is Fabry disease or Gaucher disease.']); // "fabry disease": no list says how it is written
  });

  it('does not depend on which answer is right', () => {
    const allowed: Allowed = { kind: 'number', unit: 'mg' };
    for (const gold of [number(5, 'mg'), number(720, 'mg', 1)]) for (const text of ['The answer is 0.72 g.', 'The answer is 5 mg.', 'About 5 mL']) expect(readAnswer(text, gold)).toEqual(readAnswer(text, allowed));
    expect(readAnswer('The answer is 0.72 g.', allowed)).toEqual({ answer: '0.72 g', normalised: '720 mg', several: false });
  });

  it('is none where the text states none, was cut off in it, or may say anything', () => {
    const read = readerOf(drugs);
    expect(read('It depends.')).toBeUndefined();
    expect(read('The answer is B', { truncated: true })).toBeUndefined();
    expect(read('The answer is B.')).toEqual({ answer: 'B', normalised: 'B', several: false });
    expect(readAnswer('The answer is rest.', { kind: 'open' })).toBeUndefined();
    expect(statesAnswer('The answer is rest.', unanswered({ kind: 'open' }))).toBe(true);
  });
});
