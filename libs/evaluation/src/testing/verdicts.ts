// Verdict records in few words, for tests. The gold of every item is A of A, B, C, D unless it says otherwise.
import type { Candidate, Gold, VerdictsRecord } from '@slowthink/records';

/** "A .9 .3": answer A with the values of two steps. "-": states none; "~": was cut off before it stated one. Without numbers it was not scored, and has one step. */
export function candidateOf(text: string, seed: number, gold = 'A', steps?: readonly string[]): Candidate {
  const [answer = '-', ...numbers] = text.split(' ');
  const stated = answer !== '-' && answer !== '~';
  const values = numbers.length === 0 ? null : numbers.map(Number);
  return {
    steps: steps ?? Array.from({ length: values?.length ?? 1 }, (_, step) => `step ${step + 1} of candidate ${seed}`), values, truncated: answer === '~', tokens: 10, seed,
    verdict: stated ? { status: answer === gold ? 'right' : 'wrong', answer, normalised: answer, rule: 'stated' } : { status: 'none', why: answer === '~' ? 'truncated' : 'no answer', answer: '', normalised: '', rule: 'none' },
  };
}

export const four: Gold = { kind: 'choice', answer: 'A', options: ['A', 'B', 'C', 'D'].map((letter) => ({ letter, text: letter })) };

export type Changes = Partial<VerdictsRecord> & { readonly dataset?: string; readonly gold?: Gold };

/** An item whose candidates cost 100 prompt tokens in one request, 10 generated tokens each, and 20 scorer tokens each where they are scored. */
export function verdictsOf(id: string, candidates: readonly string[], { dataset = 'medqa', gold = four, ...changes }: Changes = {}): VerdictsRecord {
  const scored = candidates.some((text) => text.includes(' '));
  return {
    type: 'verdicts', v: 1, item: { type: 'question', v: 1, id, dataset, split: 'test', role: 'benchmark', attempt: 1, prompt: { text: `Question ${id}` }, gold },
    policy: { model: 'policy', revision: '1' }, scorer: scored ? { model: 'scorer', revision: '1' } : null, grader: 'rules', decode: 'sample',
    candidates: candidates.map((text, seed) => candidateOf(text, seed, gold.answer.toString())), greedy: null,
    usage: { requests: 1, samples: candidates.length, promptTokens: 100, completionTokens: 10 * candidates.length },
    scorerUsage: scored ? { requests: candidates.length, promptTokens: 20 * candidates.length, completionTokens: 0 } : { requests: 0, promptTokens: 0, completionTokens: 0 },
    ...changes,
  };
}
