// label: a pure map of a closed tree into trajectories under a label recipe. No model, no state.
//
// Reads   trees. Writes trajectories (one a chain), faults. A tree without a finished chain is dropped: counted, and nothing is lost, since `trees` is kept.
// Order   as the trees. Delivery: exactly once.
import { trajectoriesOf } from '@slowthink/labels';
import { topics, type TreeRecord } from '@slowthink/records';
import { defineStage, settleEach, type Delivery } from '@slowthink/stream';
import { map, of } from 'rxjs';

export interface LabelDeps {
  /** Label recipe, e.g. soft. */
  readonly labels: string;
}

export const label = defineStage<LabelDeps>({
  name: 'label',
  reads: [topics.trees],
  writes: [topics.trajectories, topics.faults],
  endsTo: [topics.trajectories],
  arrows: {
    trees: 'Every closed tree, once.',
    trajectories: 'One record a distinct chain from Step 0 to a Finish, right or wrong, with a soft value and a label a step.',
  },
  operator: ({ labels }) => (delivery$) => delivery$.pipe(
    settleEach('label', (delivery) => of(delivery as Delivery<TreeRecord>).pipe(
      map(({ value }) => trajectoriesOf(value, labels)),                                       // TreeRecord -> Trajectory[]
      map((all) => ({
        outputs: all.map((value) => ({ topic: topics.trajectories, key: value.questionId, value })),
        settled: [{ delivery, verdict: all.length > 0 ? 'ok' : 'dropped' }],
      } as const)),                                                                           // Trajectory[] -> Emission
    )),
  ),
});
