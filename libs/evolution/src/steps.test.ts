import { describe, expect, it } from 'vitest';
import { evolutionRecipes, roundsRead, searchOfRound } from './evolution-recipe.ts';
import { stepsOf, stepsOfRound } from './steps.ts';

const ids = (name: string, rounds?: number): string => stepsOf(evolutionRecipes[name]!, rounds ?? evolutionRecipes[name]!.rounds).map(({ id }) => id).join(' ');

describe('the rounds of each recipe', () => {
  it('measures the base first, and then each round after it was trained', () => {
    expect(ids('seed-cpu')).toBe('0-dev 1-questions 1-run 1-sft 1-prm 1-dev 2-questions 2-run 2-sft 2-prm 2-dev');
    expect(ids('meds3-v2')).toBe('0-dev 1-questions 1-run 1-sft 1-prm 1-dev');
  });

  it('of meds3-v4 has a curriculum before round 1 alone, DPO in both, and explores with the trained policy from round 2', () => {
    expect(ids('meds3-v4')).toBe('0-dev 1-questions 1-curriculum 1-run 1-sft 1-dpo 1-prm 1-dev 2-questions 2-run 2-sft 2-dpo 2-prm 2-dev');
    expect([1, 2, 3].map((round) => searchOfRound(evolutionRecipes['meds3-v4']!, round))).toEqual(['meds3-v4', 'meds3-v4-round-2', 'meds3-v4-round-2']);
    const { policyRows, scorerRows, policyFrom } = evolutionRecipes['meds3-v4']!;
    expect([roundsRead(policyRows, 2), roundsRead(scorerRows, 2), policyFrom]).toEqual([[1, 2], [2], 'base']); // SFT on both rounds, the scorer on the round-2 file only
  });

  it('does not change a round when there are more of them', () => {
    expect(ids('seed-cpu', 3).startsWith(ids('seed-cpu'))).toBe(true);
    expect(stepsOfRound(evolutionRecipes['seed-cpu']!, 3)[0]).toEqual({ id: '3-questions', round: 3, name: 'questions' });
  });
});
