import { FaultError } from '@slowthink/faults';
import { scriptedPolicy, scriptedScorer } from '@slowthink/models';
import { STEP_ZERO } from '@slowthink/prompts';
import { resolveSearch } from '@slowthink/search';
import { describe, expect, it } from 'vitest';
import { makeCandidates, type Asking } from './make-candidates.ts';

const solutions = [' Half of 10 is 5.\n\nStep 2: The answer is 5 mg.', ' The answer is 0.005 g.', '  ', ' Half of 10 is 5.\n\nStep 2: The answer is 5 mg.', '<think>Hm, 10.</think> The answer is 10 mg or 5 mg.'];
const policy = () => scriptedPolicy({ answer: ({ stop }, index) => ({ text: stop.length > 0 ? ' The answer is 5 mg.' : solutions[index]! }) });
const asking = (changes: Partial<Asking> = {}): Asking => ({
  policy: policy(), scorer: scriptedScorer({ value: (_request, index) => index / 10 }), question: { text: 'How many mg?', allowed: { kind: 'number', unit: 'mg' } }, search: resolveSearch('seed-cpu'), decode: { kind: 'sample' }, candidates: 5,
  sampling: { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: 99 }, seed: 0, ...changes,
});
const { signal } = new AbortController();

describe('candidates', () => {
  it('are whole solutions with their answers and step values, valued once where they have the same words', async () => {
    const scorer = scriptedScorer({ value: (_request, index) => index / 10 });
    const made = await makeCandidates(asking({ scorer }), signal);
    expect(made.candidates.map(({ answer, values }) => [answer?.normalised, answer?.several, values])).toEqual([['5 mg', false, [0.1, 0.2]], ['5 mg', false, [0.1]], [undefined, undefined, null], ['5 mg', false, [0.1, 0.2]], ['10 mg | 5 mg', true, [0.1]]]);
    expect(scorer.requests.map(({ steps }) => steps.length)).toEqual([3, 2, 2]);
    expect(scorer.requests[0]).toMatchObject({ question: 'How many mg?', steps: [STEP_ZERO, 'Half of 10 is 5.', 'The answer is 5 mg.'] });
    expect(made.usage).toMatchObject({ requests: 1, samples: 5 });
    expect(made.scorerUsage.requests).toBe(3);
    const [first, second] = made.candidates;
    expect(second!.seed).toBe(first!.seed + 1);
  });

  it('state no answer in another dimension than the unit that is asked for', async () => {
    const { candidates } = await makeCandidates(asking({ question: { text: 'How many mL?', allowed: { kind: 'number', unit: 'mL' } } }), signal);
    expect(candidates.map(({ answer }) => answer)).toEqual([undefined, undefined, undefined, undefined, undefined]); // mg and g all of them
  });

  it('depend on question and seed alone', async () => {
    const seedOf = async (changes: Partial<Asking>): Promise<number> => (await makeCandidates(asking(changes), signal)).candidates[0]!.seed;
    const seed = await seedOf({});
    expect(await seedOf({ candidates: 2, scorer: undefined })).toBe(seed);
    expect(await seedOf({ seed: 1 })).not.toBe(seed);
    expect(await seedOf({ question: { text: 'How many g?', allowed: { kind: 'open' } } })).not.toBe(seed);
  });

  it('have no values where the scorer cannot take them, and are a fault where it is away', async () => {
    const failing = (code: 'MODEL_CONTEXT_EXCEEDED' | 'MODEL_UNREACHABLE') => scriptedScorer({ value: () => 1, fail: ({ steps }) => (steps.length > 2 ? new FaultError(code, 'no') : undefined) });
    const made = await makeCandidates(asking({ scorer: failing('MODEL_CONTEXT_EXCEEDED') }), signal);
    expect(made.candidates.map(({ values, unscored }) => [values, unscored])).toEqual([[null, 'MODEL_CONTEXT_EXCEEDED'], [[1], undefined], [null, undefined], [null, 'MODEL_CONTEXT_EXCEEDED'], [[1], undefined]]);
    await expect(makeCandidates(asking({ scorer: failing('MODEL_UNREACHABLE') }), signal)).rejects.toMatchObject({ code: 'MODEL_UNREACHABLE' });
  });

  it('of a beam end where a step states an answer that the question allows', async () => {
    const beam = policy();
    const { candidates } = await makeCandidates(asking({ policy: beam, decode: { kind: 'beam', width: 2, reduce: 'min' } }), signal);
    expect(candidates).toHaveLength(5);
    expect(candidates[0]).toMatchObject({ steps: ['The answer is 5 mg.'], values: [0.1], answer: { normalised: '5 mg' } });
    expect(beam.requests.map(({ id }) => id)).toEqual(['ask/beam/step']);
  });
});
