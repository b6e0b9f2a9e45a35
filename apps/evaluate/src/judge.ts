// judge: what the candidates of an item are worth. Each is graded by the one grader, and its steps are valued by the step scorer; no policy is asked.
//
// Reads   candidates (one item credit each).
// Writes  verdicts (the item with every candidate, its steps, values and verdict), faults.
// Order   none. Delivery: exactly once; a restart scores again what was not committed.
import { topics, type CandidatesRecord } from '@slowthink/records';
import { defineStage, settleEach, type Delivery } from '@slowthink/stream';
import { judgeItem, type JudgeDeps } from './judge-item.ts';

export const judge = defineStage<JudgeDeps>({
  name: 'judge',
  reads: [topics.candidates],
  writes: [topics.verdicts, topics.faults],
  endsTo: [topics.verdicts],
  gates: { candidates: 'items' },
  arrows: {
    candidates: 'All solutions of an item, and the item with its gold.',
    verdicts: 'One record an item: steps, a value a step, a verdict a candidate. Every rule and every number is computed from these alone, by "slowthink evaluate" and "slowthink report".',
  },
  operator: (deps, { credits }) => (delivery$) => delivery$.pipe(
    settleEach('judge', (delivery) => judgeItem(deps, delivery as Delivery<CandidatesRecord>), () => credits['items']!.give()),  // CandidatesRecord -> Emission
  ),
});
