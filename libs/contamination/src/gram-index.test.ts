import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GramIndex, hashOf, type Run } from './gram-index.ts';

const text = (...words: readonly number[]): Int32Array => Int32Array.from(words);
const found = (index: GramIndex, looked: Int32Array): readonly (readonly [number, readonly Run[]])[] => [...index.runs(looked)];

describe('runs of 3 words', () => {
  const index = new GramIndex([text(2, 3, 4, 5, 6), text(7, 8, 9)], 3, 10);

  it('are as long as the two texts go on alike, and each is told once', () => {
    expect(found(index, text(9, 2, 3, 4, 5, 2))).toEqual([[0, [{ at: 0, from: 1, length: 4 }]]]);
  });
  it('are told apart where a word between them differs', () => {
    expect(found(new GramIndex([text(2, 3, 4, 5, 6, 7, 8)], 3, 10), text(2, 3, 4, 9, 6, 7, 8))).toEqual([[0, [{ at: 0, from: 0, length: 3 }, { at: 4, from: 4, length: 3 }]]]);
  });
  it('end at an unknown word, and never hold one', () => { expect(found(index, text(2, 3, 0, 4, 5, 6))).toEqual([[0, [{ at: 2, from: 3, length: 3 }]]]); });
  it('are none below 3 words', () => { expect(found(index, text(2, 3, 7, 8))).toEqual([]); });
});

describe('a common gram', () => {
  // 2 3 4 stands in all of the three, 5 6 7 in the first alone; at most 2 texts may have a gram
  const index = new GramIndex([text(2, 3, 4, 5, 6, 7), text(2, 3, 4, 8), text(9, 2, 3, 4)], 3, 2);

  it('finds no text by itself', () => { expect(found(index, text(2, 3, 4))).toEqual([]); });
  it('counts in no share: 5 6 7 are all of the own words of the first', () => {
    const runs = index.runs(text(5, 6, 7)).get(0)!;
    expect(runs).toEqual([{ at: 3, from: 0, length: 3 }]);
    expect(index.share(0, runs)).toBe(1);
  });
  it('is the only thing some texts have: a whole copy of these is found, a part of them is not', () => {
    const family = new GramIndex([text(2, 3, 4, 5), text(6, 2, 3, 4, 5), text(7, 2, 3, 4, 5)], 3, 2);
    expect(found(family, text(8, 2, 3, 4, 8))).toEqual([]);
    expect(found(family, text(8, 2, 3, 4, 5, 8))).toEqual([[0, [{ at: 0, from: 1, length: 4 }]]]);
    expect(family.share(0, [{ at: 0, from: 1, length: 4 }])).toBe(1);
  });
});

it('covers a word once where runs overlap', () => {
  const index = new GramIndex([text(2, 3, 4, 5, 6, 7, 8, 9)], 3, 10);
  expect(index.share(0, [{ at: 0, from: 0, length: 4 }, { at: 2, from: 9, length: 4 }])).toBe(6 / 8);
});

it('finds every gram of 4 words that a loop over all places finds', () => {
  const words = fc.array(fc.integer({ min: 2, max: 5 }), { maxLength: 30 }).map((some) => text(...some));
  fc.assert(fc.property(words, words, (one, other) => {
    const covered = new Set<string>();
    for (const { at, from, length } of new GramIndex([one], 4, 10).runs(other).get(0) ?? []) for (let offset = 0; offset + 4 <= length; offset += 1) covered.add(`${at + offset} ${from + offset}`);
    const plain = new Set<string>();
    for (let at = 0; at + 4 <= one.length; at += 1) for (let from = 0; from + 4 <= other.length; from += 1) if ([0, 1, 2, 3].every((offset) => one[at + offset] === other[from + offset])) plain.add(`${at} ${from}`);
    expect(covered).toEqual(plain);
  }));
});

it('hashes 100,000 different grams to as many numbers of at most 53 bits', () => {
  const hashes = new Set(Array.from({ length: 100_000 }, (_, at) => hashOf(text(at % 100, at / 100, at, 7))));
  expect(hashes.size).toBe(100_000);
  for (const hash of hashes) if (!Number.isSafeInteger(hash) || hash < 0) throw new Error(`${hash} is no hash`);
});
