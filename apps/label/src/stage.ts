// label: a pure map of a closed tree into trajectories and preference pairs under some label settings. No model, no state.
//
// Reads   trees. Writes trajectories (one record a chain, then one a pair), faults. A tree that gives no record (no finished chain, or filtered) is dropped: counted, and nothing is lost, since `trees` is kept.
// Order   as the trees. Delivery: exactly once.
import { labelTree, type LabelSettings } from '@slowthink/labels';
import { topics, type TreeRecord } from '@slowthink/records';
import { defineStage, settleEach, type Delivery } from '@slowthink/stream';
import { map, of } from 'rxjs';

export interface LabelDeps {
  readonly labels: LabelSettings;
}

export const label = defineStage<LabelDeps>({
  name: 'label',
  reads: [topics.trees],
  writes: [topics.trajectories, topics.faults],
  endsTo: [topics.trajectories],
  arrows: {
    trees: 'Every closed tree, once.',
    trajectories: 'One record a distinct chain from Step 0 to a Finish, right or wrong, with value, target and label a step; then, where they are wanted, one record a preference pair.',
  },
  operator: ({ labels }) => (delivery$) => delivery$.pipe(
    settleEach('label', (delivery) => of(delivery as Delivery<TreeRecord>).pipe(
      map(({ value }) => labelTree(value, labels)),                                            // TreeRecord -> (Trajectory | Pair)[]
      map((all) => ({
        outputs: all.map((value) => ({ topic: topics.trajectories, key: value.questionId, value })),
        settled: [{ delivery, verdict: all.length > 0 ? 'ok' : 'dropped' }],
      } as const)),                                                                           // (Trajectory | Pair)[] -> Emission
    )),
  ),
});
