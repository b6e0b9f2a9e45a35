import { topics, type CandidatesRecord, type QuestionRecord } from '@slowthink/records';
import { callOnce, type Delivery, type Emission } from '@slowthink/stream';
import type { Recording } from '@slowthink/wiring';
import { map, type Observable } from 'rxjs';
import type { SampleDeps } from './sample-item.ts';

/** The candidates of an item as an earlier evaluation recorded them: no policy is asked, and how they were made, their seeds and what they cost stay what they were. */
export function recordedItem({ identity: { model, revision }, search, sampling, samples, greedy }: SampleDeps, recording: Recording, delivery: Delivery<QuestionRecord>): Observable<Emission> {
  const item = delivery.value;
  return callOnce(() => recording.candidatesOf(item.id, samples, search.stepping)).pipe(
    map(({ greedy: solution, greedyUsage, ...recorded }): Emission => {                                          // RecordedCandidates -> Emission
      const withGreedy = greedy && solution !== null ? { greedy: solution, ...(greedyUsage === undefined ? {} : { greedyUsage }) } : { greedy: null };
      const value: CandidatesRecord = { type: 'candidates', v: 1, item, requestId: `${item.id}/recorded`, policy: { model, revision }, sampling, ...recorded, ...withGreedy };
      return { outputs: [{ topic: topics.candidates, key: item.id, value }], settled: [{ delivery, verdict: 'ok' }] };
    }),
  );
}
