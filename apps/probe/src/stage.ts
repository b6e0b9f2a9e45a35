// probe: how hard is a question for the base policy? k whole solutions of each, graded: seeds of round 1 (arXiv 2501.12051 v4).
//
// Reads   seeds (one request credit each, given back with the reply).
// Writes  hardness (right / n of the question, with the question), solutions (every sampled text with its verdict), faults.
// Drops   a question that no grader judges, before any request; one that is too long for the search has failed.
// Order   none: questions are settled as the replies come. Delivery: exactly once; a restart asks again what was not committed.
import { topics, type QuestionRecord } from '@slowthink/records';
import { defineStage, settleEach, type Delivery } from '@slowthink/stream';
import { of } from 'rxjs';
import { probeQuestion, refused, type ProbeDeps } from './probe-question.ts';

export const probe = defineStage<ProbeDeps>({
  name: 'probe',
  reads: [topics.seeds],
  writes: [topics.hardness, topics.solutions, topics.faults],
  endsTo: [topics.hardness],
  gates: { seeds: 'requests' },
  arrows: {
    seeds: 'Each question asks for k whole solutions, as the first round would be asked for them from Step 0.',
    hardness: 'One record a question: right / n, and the question itself; the curriculum is made from these alone.',
    solutions: 'Every sampled text with seed and verdict, so that answers can be graded again without a model.',
  },
  operator: (deps, { credits }) => (delivery$) => delivery$.pipe(
    settleEach('probe', (delivery) => {
      const refusal = refused(deps, delivery as Delivery<QuestionRecord>);
      return refusal === undefined ? probeQuestion(deps, delivery as Delivery<QuestionRecord>) : of(refusal);  // QuestionRecord -> Emission   k solutions, graded: hardness = 1 - right / n
    }, () => credits['requests']!.give()),
  ),
});
