// Records of an evaluation that never happened, made from a seed: for tests of the report and for its benchmark. Texts have about the entropy of a model's (words drawn by Zipf's law), since their compressed size is measured.
import type { Candidate, QuestionRecord, VerdictsRecord } from '@slowthink/records';

export interface ExampleSize {
  readonly items: number;
  readonly candidates: number;
  readonly steps: number; // the most; a candidate has half of them at least
  readonly words: number; // a step
  readonly sets: readonly string[];
  readonly seed: number;
  readonly scored: boolean;
  readonly greedy: boolean;
}

export const smallExample: ExampleSize = { items: 12, candidates: 4, steps: 3, words: 8, sets: ['medqa', 'pubmedqa'], seed: 1, scored: true, greedy: true };

/** Numbers of 0..1 from a seed (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const syllables = ['ta', 'ri', 'no', 'ce', 'phal', 'lo', 'sin', 'cardi', 'o', 'pen', 'dro', 'me', 'the', 'al', 'gia', 'ne', 'phro', 'hy', 'per', 'ten', 'si', 'on', 'in', 'su', 'li', 'gas', 'tri', 'tis'];

/** The words of the example texts: word k is drawn with a probability of about 1 / k. */
function vocabulary(random: () => number): readonly string[] {
  return Array.from({ length: 4000 }, (_, rank) => Array.from({ length: 1 + Math.floor(random() * (rank < 100 ? 1.5 : 4)) }, () => syllables[Math.floor(random() * syllables.length)]!).join(''));
}

/** The records of a size, one after the other and the same for every call. */
export function* exampleRecords(size: ExampleSize): Generator<VerdictsRecord> {
  const random = numbersFrom(size.seed);
  const words = vocabulary(random);
  const text = (length: number): string => Array.from({ length }, () => words[Math.min(words.length - 1, Math.floor(words.length ** random()) - 1)]!).join(' ');
  const letters = ['A', 'B', 'C', 'D'];
  for (let index = 0; index < size.items; index++) {
    const dataset = size.sets[index % size.sets.length]!;
    const options = letters.map((letter) => ({ letter, text: text(2) }));
    const gold = letters[Math.floor(random() * 4)]!;
    const item: QuestionRecord = {
      type: 'question', v: 1, id: `${dataset}/test/${index}`, dataset, split: 'test', role: 'benchmark', attempt: 1,
      prompt: { text: `${text(40)}?\n${options.map(({ letter, text: words }) => `${letter}. ${words}`).join('\n')}` }, gold: { kind: 'choice', answer: gold, options },
    };
    const easy = random();
    const candidate = (seed: number, scored: boolean): Candidate => {
      const steps = Array.from({ length: Math.ceil(size.steps * (0.5 + random() / 2)) }, () => text(size.words));
      const fate = random();
      const status = fate < 0.04 ? 'none' : random() < easy ? 'right' : 'wrong';
      const answer = status === 'none' ? '' : status === 'right' ? gold : letters.filter((letter) => letter !== gold)[Math.floor(random() * 3)]!;
      const values = steps.map((_, step) => Math.min(1, Math.max(0, Number(((status === 'right' ? 0.75 : 0.75 - 0.5 * (step + 1) / steps.length) + (random() - 0.5) * 0.9).toFixed(4)))));
      const truncated = status === 'none' && fate < 0.02;
      return {
        steps, values: scored ? values : null, verdict: { status, answer, normalised: answer, rule: status === 'none' ? 'none' : 'letter', ...(status === 'none' ? { why: truncated ? 'truncated' as const : 'no answer' as const } : {}) },
        truncated, tokens: Math.round(steps.length * size.words * 1.6), seed,
      };
    };
    const candidates = Array.from({ length: size.candidates }, (_, seed) => candidate(seed, size.scored));
    const tokens = candidates.reduce((sum, one) => sum + one.tokens, 0);
    yield {
      type: 'verdicts', v: 1, item, policy: { model: 'example-policy', revision: 'rev-policy' }, scorer: size.scored ? { model: 'example-scorer', revision: 'rev-scorer' } : null, grader: 'rules', decode: 'sample',
      candidates, greedy: size.greedy ? candidate(0, false) : null, usage: { requests: 1, samples: size.candidates, promptTokens: 120, completionTokens: tokens },
      ...(size.greedy ? { greedyUsage: { requests: 1, samples: 1, promptTokens: 120, completionTokens: 60 } } : {}), scorerUsage: { requests: size.scored ? size.candidates : 0, promptTokens: size.scored ? tokens + 120 * size.candidates : 0, completionTokens: 0 },
    };
  }
}
