// sample: N whole solutions of each benchmark item, and a greedy one. Nothing is judged here: this stage sees no gold.
//
// Reads   benchmark-items (one request credit each, given back with the reply).
// Writes  candidates (all solutions of an item), faults.
// Drops   an item that no grader judges, before any request; one that is too long has failed.
// Order   none: items are settled as the replies come. Delivery: exactly once; a restart asks again what was not committed.
import { topics, type QuestionRecord } from '@slowthink/records';
import { defineStage, settleEach, type Delivery } from '@slowthink/stream';
import { of } from 'rxjs';
import { beamItem, type BeamDeps } from './beam-item.ts';
import type { Recording } from '@slowthink/wiring';
import { recordedItem } from './recorded-item.ts';
import { refused, sampleItem, type SampleDeps } from './sample-item.ts';

/** With `beam` the candidates of an item are the finished chains of a search over steps, which the scorer steers; with `recording` those of an earlier evaluation. */
export interface SampleStageDeps extends SampleDeps { readonly beam?: BeamDeps | undefined; readonly recording?: Recording | undefined }

export const sample = defineStage<SampleStageDeps>({
  name: 'sample',
  reads: [topics.benchmarkItems],
  writes: [topics.candidates, topics.faults],
  endsTo: [topics.candidates],
  gates: { 'benchmark-items': 'requests' },
  arrows: {
    'benchmark-items': 'Each item asks for N whole solutions from Step 0 in one request, or for a search over steps, and for one solution at temperature 0.',
    candidates: 'One record an item: every solution as it was written, with its seed and tokens; from here on no policy is asked.',
  },
  operator: (deps, { credits }) => (delivery$) => delivery$.pipe(
    settleEach('sample', (delivery) => {
      const refusal = refused(deps, delivery as Delivery<QuestionRecord>);
      if (refusal !== undefined) return of(refusal);
      const item = delivery as Delivery<QuestionRecord>;
      if (deps.recording !== undefined) return recordedItem(deps, deps.recording, item);
      return deps.beam === undefined ? sampleItem(deps, item) : beamItem(deps, deps.beam, item);  // QuestionRecord -> Emission   N candidates
    }, () => credits['requests']!.give()),
  ),
});
