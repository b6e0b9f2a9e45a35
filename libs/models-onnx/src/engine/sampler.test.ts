import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniformAt } from './philox.ts';
import { makeSampler, type Filters } from './sampler.ts';
import { exactDistribution } from './testing/exact-distribution.ts';

const all: Filters = { temperature: 1, topK: 0, topP: 1, minP: 0 };

/** Logits with a few likely ids, many unlikely ones, and equal pairs. */
function peaked(vocab: number, seed: number): Float32Array {
  return Float32Array.from({ length: vocab }, (_, id) => Math.round(12 * (4 * uniformAt(seed, id) - 2 + (uniformAt(seed + 1, id) < 0.05 ? 3 : 0))) / 12);
}

describe('the distribution drawn from', () => {
  const cases: readonly Filters[] = [
    all, { ...all, temperature: 0.6 }, { ...all, temperature: 1.7 }, { ...all, topK: 12 }, { ...all, topP: 0.8 }, { ...all, minP: 0.1 },
    { temperature: 0.8, topK: 20, topP: 0.9, minP: 0 }, { temperature: 1.2, topK: 0, topP: 0.95, minP: 0.05 }, { temperature: 1.5, topK: 25, topP: 0.85, minP: 0.08 }, { temperature: 1, topK: 5, topP: 1, minP: 0.3 },
  ];
  it.each(cases)('is the exact one by chi-square: %j', (filters) => {
    const vocab = 60, draws = 30_000, logits = peaked(vocab, 17), exact = exactDistribution(logits, filters), sampler = makeSampler(vocab), counts = new Float64Array(vocab);
    for (let i = 0; i < draws; i++) counts[sampler.draw(logits, 0, filters, uniformAt(99, i))]!++;
    const rare = { expected: 0, seen: 0 }; // ids expected fewer than ten times share a cell
    let chiSquare = 0, cells = 0;
    for (const [id, p] of exact.entries()) {
      if (p === 0) expect(counts[id]).toBe(0);
      if (p * draws < 10) { rare.expected += p * draws; rare.seen += counts[id]!; continue; }
      chiSquare += (counts[id]! - p * draws) ** 2 / (p * draws);
      cells++;
    }
    if (rare.expected >= 10) { chiSquare += (rare.seen - rare.expected) ** 2 / rare.expected; cells++; }
    expect(cells).toBeGreaterThan(1);
    expect(chiSquare).toBeLessThan(cells - 1 + 4 * Math.sqrt(2 * (cells - 1)));
  });

  it('gives each id an interval as long as its probability, and that probability as logprob', () => {
    fc.assert(fc.property(
      fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 40 }), fc.constantFrom(0.3, 1, 2), fc.integer({ min: 0, max: 45 }), fc.constantFrom(0, 0.31, 0.77, 0.993, 1), fc.constantFrom(0, 0.013, 0.21, 1),
      (tenths, temperature, topK, topP, minP) => {
        const filters = { temperature, topK, topP, minP }, logits = Float32Array.from(tenths, (x) => x / 10), exact = exactDistribution(logits, filters), sampler = makeSampler(logits.length);
        const grid = 2000, shares = new Float64Array(logits.length);
        for (let i = 0; i < grid; i++) {
          const id = sampler.draw(logits, 0, filters, (i + 0.5) / grid);
          shares[id]! += 1 / grid;
          expect(Math.exp(sampler.logprob())).toBeCloseTo(exact[id]!, 10);
        }
        for (const [id, p] of exact.entries()) expect(Math.abs(shares[id]! - p)).toBeLessThan(2 / grid);
      },
    ), { numRuns: 40 });
  });
});

it('takes the largest logit at temperature 0, the lowest id of equal ones, with logprob 0', () => {
  const sampler = makeSampler(4);
  expect(sampler.draw(Float32Array.of(9, 9, 9, 9, 1, 3, 3, 2), 4, { ...all, temperature: 0 }, 0.99)).toBe(1);
  expect(sampler.logprob()).toBe(0);
});

it('keeps the lower ids where top-k or top-p cut through equal ones', () => {
  const logits = Float32Array.of(1, 1, 1, 1), drawn = (filters: Filters) => new Set(Array.from({ length: 200 }, (_, i) => makeSampler(4).draw(logits, 0, filters, i / 200)));
  expect(drawn({ ...all, topK: 2 })).toEqual(new Set([0, 1]));
  expect(drawn({ ...all, topP: 0.5 })).toEqual(new Set([0, 1]));
  expect(drawn({ ...all, topP: 0 })).toEqual(new Set([0]));
});

it('never draws an impossible id, at either end of u', () => {
  const logits = Float32Array.of(-Infinity, 2, -Infinity, 1, -Infinity), sampler = makeSampler(5);
  for (const filters of [all, { ...all, topK: 4 }, { ...all, topP: 0.99 }, { ...all, minP: 0.01 }, { ...all, temperature: 1e-6 }]) {
    for (const u of [0, 1 - 2 ** -53]) expect([1, 3]).toContain(sampler.draw(logits, 0, filters, u));
  }
});

it('refuses logits that are not numbers', () => {
  const sampler = makeSampler(3);
  expect(() => sampler.draw(Float32Array.of(1, NaN, 2), 0, all, 0.5)).toThrow(expect.objectContaining({ code: 'MODEL_WEIGHTS_CORRUPT' }));
  expect(() => sampler.draw(Float32Array.of(NaN, NaN, NaN), 0, { ...all, temperature: 0 }, 0.5)).toThrow(expect.objectContaining({ code: 'MODEL_WEIGHTS_CORRUPT' }));
  expect(() => sampler.draw(Float32Array.of(1, Infinity, 2), 0, all, 0.5)).toThrow(expect.objectContaining({ code: 'MODEL_WEIGHTS_CORRUPT' }));
});
