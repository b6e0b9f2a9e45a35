import type { Candidate, VerdictsRecord } from '@slowthink/records';

/** "A .9": answer A with one step of value .9; gold is A. "-" states none. */
export function candidateOf(text: string, seed: number): Candidate {
  const [answer = '-', value] = text.split(' ');
  return {
    steps: [`Step 1: candidate ${seed}`], values: value === undefined ? null : [Number(value)], truncated: false, tokens: 10, seed,
    verdict: answer === '-' ? { status: 'none', why: 'no answer', answer: '', normalised: '', rule: 'none' } : { status: answer === 'A' ? 'right' : 'wrong', answer, normalised: answer, rule: 'stated' },
  };
}

/** An item of the set `cases` with candidates of the seeds 0, 1, … that cost 100 prompt tokens in one request and 10 generated tokens each. */
export function verdictsOf(id: string, candidates: readonly string[], changes: Partial<VerdictsRecord> = {}): VerdictsRecord {
  const scored = candidates.some((text) => text.includes(' '));
  return {
    type: 'verdicts', v: 1,
    item: { type: 'question', v: 1, id, dataset: 'cases', split: 'test', role: 'benchmark', attempt: 1, prompt: { text: `Question ${id}` }, gold: { kind: 'choice', answer: 'A', options: ['A', 'B', 'C'].map((letter) => ({ letter, text: letter })) } },
    policy: { model: 'policy', revision: '1' }, scorer: scored ? { model: 'scorer', revision: '1' } : null, grader: 'rules', decode: 'sample', candidates: candidates.map(candidateOf), greedy: null,
    usage: { requests: 1, samples: candidates.length, promptTokens: 100, completionTokens: 10 * candidates.length },
    scorerUsage: scored ? { requests: candidates.length, promptTokens: 20 * candidates.length, completionTokens: 0 } : { requests: 0, promptTokens: 0, completionTokens: 0 }, ...changes,
  };
}
