// rollout: simulates new nodes. An expansion repeats everything a rollout needs, so the stage holds nothing.
//
// Reads   expansions (one request credit each, given back with the reply). Events that want no completions are skipped.
// Writes  rollouts (right / n, or the failure of the node), completions (every sampled text with its verdict), faults.
// Order   none: records are settled as the replies come. Delivery: exactly once; a restart asks again what was not committed.
import type { Policy } from '@slowthink/models';
import { topics } from '@slowthink/records';
import { defineStage, settleEach } from '@slowthink/stream';
import type { Verifier } from '@slowthink/verifiers';
import { of } from 'rxjs';
import { sampleNode, wantsCompletions } from './sample-node.ts';

export interface RolloutDeps {
  readonly policy: Policy;
  /** Judges answers; undefined: the rules of libs/answers do. */
  readonly verifier?: Verifier | undefined;
}

export const rollout = defineStage<RolloutDeps>({
  name: 'rollout',
  reads: [topics.expansions],
  writes: [topics.rollouts, topics.completions, topics.faults],
  endsTo: [topics.rollouts],
  gates: { expansions: 'requests' },
  arrows: {
    expansions: 'A new Reason or Reflect node asks for n completions of its prefix, a further simulation for more of them; the record carries question, steps, sampling, seed and how answers are graded.',
    rollouts: 'right / n of the node, or that its simulation failed; the tree waits for nothing else.',
    completions: 'Every sampled text with seed and verdict, so that answers can be graded again without a model.',
  },
  operator: ({ policy, verifier }, { credits }) => (delivery$) => delivery$.pipe(
    settleEach('rollout', (delivery) => wantsCompletions(delivery)
      ? sampleNode(policy, delivery, verifier)                             // Expansion -> Emission   n completions, graded: value = right / n, 0..1
      : of({ outputs: [], settled: [{ delivery, verdict: 'skipped' }] }),  // other events, Finish nodes and failed children want no completions
    () => credits['requests']!.give()),
  ),
});
