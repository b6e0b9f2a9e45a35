import { describe, expect, it } from 'vitest';
import type { AskCandidate } from './make-candidates.ts';
import { rankCandidates } from './rank-candidates.ts';

const candidate = (answer: string | undefined, values: readonly number[] | null, more: Partial<AskCandidate> = {}): AskCandidate =>
  ({ steps: ['Hm.', `The answer is ${answer}.`], values, answer: answer === undefined ? undefined : { answer, normalised: answer, several: false }, truncated: false, tokens: 9, seed: 1, ...more });
const none = { none: 0, truncated: 0, several: 0 };

describe('which candidate answers', () => {
  it('is told by P-VS: the sum of the least step values of an answer, not how many state it', () => {
    const four = [candidate('5 mg', [0.9, 0.1]), candidate('5 mg', [0.2, 0.9]), candidate('6 mg', [0.5, 0.9]), candidate('6 mg', [0.4, 0.3])]; // .1 + .2 < .5 + .3
    expect(rankCandidates([...four, candidate('5 mg', [0.1])])).toEqual({ rule: 'vote-sum-min', chosen: 2, votes: [{ answer: '6 mg', votes: 2, score: 0.8 }, { answer: '5 mg', votes: 3, score: expect.closeTo(0.4) as number }], without: none });
  });

  it('is told by the majority where nothing has values', () => {
    expect(rankCandidates([candidate('6', null), candidate('5', null), candidate('5', null)])).toEqual({ rule: 'maj', chosen: 1, votes: [{ answer: '5', votes: 2, score: null }, { answer: '6', votes: 1, score: null }], without: none });
  });

  it('is told by best-of-N (min) for an open question, whose answers nobody can tell equal', () => {
    expect(rankCandidates([candidate(undefined, [0.9, 0.2]), candidate(undefined, [0.4, 0.3])])).toMatchObject({ rule: 'bon-min', chosen: 1, votes: [] });
    expect(rankCandidates([candidate(undefined, null, { steps: [] }), candidate(undefined, null)])).toMatchObject({ rule: 'first', chosen: 1 });
  });

  it('is told by best-of-N (min) where nobody states an answer, or all of them several', () => {
    const several = candidate('A | B', [0.8], { answer: { answer: 'A or B', normalised: 'A | B', several: true } });
    expect(rankCandidates([candidate(undefined, [0.2]), several, candidate(undefined, [0.9], { truncated: true })])).toEqual({ rule: 'bon-min', chosen: 2, votes: [], without: { none: 1, truncated: 1, several: 1 } });
  });

  it('is never one that could not be valued while another could, nor one without text', () => {
    expect(rankCandidates([candidate('5', null), candidate('6', [0.01])])).toMatchObject({ rule: 'vote-sum-min', chosen: 1 });
    expect(rankCandidates([candidate(undefined, null, { steps: [] })]).chosen).toBe(-1);
  });

  it('is the only one of one', () => {
    expect(rankCandidates([candidate('5', [0.3])])).toMatchObject({ chosen: 0, votes: [{ answer: '5', votes: 1, score: 0.3 }] });
  });
});
