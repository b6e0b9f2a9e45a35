// One text has one verdict, wherever it is judged: as a Finish of the search, as a completion of a rollout, as a solution of the curriculum, by the grader itself.
import { grade } from '@slowthink/answers';
import { scriptedPolicy } from '@slowthink/models';
import { STEP_ZERO } from '@slowthink/prompts';
import type { Gold, Verdict } from '@slowthink/records';
import { apply, expansionEvents, next, openedEvent, resolveSearch, type SearchRequest } from '@slowthink/search';
import { sampleAndGrade } from '@slowthink/verifiers';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const gold: Gold = { kind: 'choice', answer: 'B', options: [{ letter: 'A', text: 'aspirin' }, { letter: 'B', text: 'heparin' }, { letter: 'C', text: 'iron' }] };
const prompt = { text: 'Which drug?\nA. aspirin\nB. heparin\nC. iron' };
const usage = { requests: 1, samples: 1, promptTokens: 1, completionTokens: 1 };
const sentences = ['The answer is B.', 'The answer is (C).', 'It is not A.', 'Heparin thins the blood.', '\\boxed{B}', 'Wait, no: the answer is A.', '**Answer:** C', 'A or B', 'heparin', 'The answer is not B.'];
const continuation = fc.array(fc.constantFrom(...sentences), { minLength: 1, maxLength: 4 });

/** As a Finish below Step 0. */
function asFinish(text: string, truncated: boolean): Verdict | undefined {
  const opened = openedEvent({ question: { type: 'question', v: 1, id: 'd/train/1', dataset: 'd', split: 'train', role: 'train', attempt: 1, prompt, gold }, run: 'r', settingsHash: 's', seed: 1, policy: { model: 'm', revision: '1' }, search: resolveSearch('meds3-v2') });
  const tree = apply(undefined, opened);
  const request: SearchRequest = { ...next(tree).requests[0]!, kind: 'finish', children: [0], n: 1 };
  return expansionEvents(tree, request, [{ text, truncated }], usage).at(-1)!.verdict;
}

/** As one of the completions behind Step 0: what a rollout and a curriculum count. */
async function asCompletion(text: string, truncated: boolean): Promise<Verdict> {
  const policy = scriptedPolicy({ answer: () => ({ text, finish: truncated ? 'length' : 'stop' }) });
  const request = { id: 'r', messages: [{ role: 'user', content: prompt.text } as const], prefix: `Step 0: ${STEP_ZERO}\n\nStep 1:`, stop: [], n: 1, seed: 0, sampling: { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: 1000 } };
  return (await sampleAndGrade(policy, request, { questionId: 'd/train/1', prompt, gold, depth: 1, stepping: 'marked' }, undefined, new AbortController().signal)).samples[0]!.verdict;
}

it('gives a text the same verdict in the search, in rollouts and in the curriculum (defect: three different metrics for one table)', async () => {
  await fc.assert(fc.asyncProperty(continuation, fc.boolean(), async (parts, truncated) => {
    const text = parts.map((part, place) => (place === 0 ? ` ${part}` : `Step ${place + 1}: ${part}`)).join('\n\n');
    const verdict = asFinish(text, truncated);
    expect(await asCompletion(text, truncated)).toEqual(verdict);
    expect(grade(parts.join('\n\n'), gold, { truncated })).toEqual(verdict);
  }), { numRuns: 500 });
});
