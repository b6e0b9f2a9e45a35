// One pool worked out by hand through every rule.
import { expect, it } from 'vitest';
import { choose, decodingRules, type PoolCandidate } from './index.ts';

//     answer  steps         last  min   mean   product  geometric  max
// 0   A       0.8  0.2      0.2   0.2   0.5    0.16     0.4        0.8
// 1   B       0.4  0.9      0.9   0.4   0.65   0.36     0.6        0.9
// 2   A       0.5  0.5      0.5   0.5   0.5    0.25     0.5        0.5
// 3   none    1    1        the best in everything, and never chosen
// 4   A       not scored
// 5   C       0.36 0.25     0.25  0.25  0.305  0.09     0.3        0.36
// 6   C       0.6  0.6      0.6   0.6   0.6    0.36     0.6        0.6
const pool: readonly PoolCandidate[] = [
  { answer: 'A', values: [0.8, 0.2] }, { answer: 'B', values: [0.4, 0.9] }, { answer: 'A', values: [0.5, 0.5] }, { answer: undefined, values: [1, 1] }, { answer: 'A', values: null }, { answer: 'C', values: [0.36, 0.25] }, { answer: 'C', values: [0.6, 0.6] },
];

const expected: { readonly [rule: string]: number } = {
  greedy: -1, // none of the candidates
  maj: 0, // A has three candidates, the first of them is 0
  'bon-last': 1, 'bon-min': 6, 'bon-mean': 1, 'bon-max': 1,
  'bon-product': 1, // 0.36 as candidate 6: the first
  'bon-geometric-mean': 1, // 0.6 as candidate 6: the first
  'vote-sum-last': 1, // A 0.7, B 0.9, C 0.85
  'vote-sum-min': 6, // A 0.7, B 0.4, C 0.85: P-VS
  'vote-sum-mean': 0, // A 1.0, B 0.65, C 0.905; 0 and 2 are equally good
  'vote-sum-product': 6, // A 0.41, B 0.36, C 0.45
  'vote-sum-geometric-mean': 6, // A 0.9, B 0.6, C 0.9: C has the better single candidate
  'vote-sum-max': 0, // A 1.3, B 0.9, C 0.96
  'vote-mean-last': 1, // A 0.35, B 0.9, C 0.425: over the two candidates of A that have a score
  'vote-mean-min': 6, // A 0.35, B 0.4, C 0.425
  'vote-mean-mean': 1, // A 0.5, B 0.65, C 0.4525
  'vote-mean-product': 1, // A 0.205, B 0.36, C 0.225
  'vote-mean-geometric-mean': 1, // A 0.45, B 0.6, C 0.45
  'vote-mean-max': 1, // A 0.65, B 0.9, C 0.48
};

it('chooses by every rule what the table above says', () => expect(Object.fromEntries(decodingRules.map((rule) => [rule.name, choose(rule, pool)]))).toEqual(expected));
