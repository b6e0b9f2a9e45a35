import { FaultError } from '@slowthink/faults';
import { catchError, defer, finalize, mergeMap, of, take, throwError, throwIfEmpty, type Observable, type OperatorFunction } from 'rxjs';
import { faultOutput } from './fault-record.ts';
import type { Delivery, Emission } from './stage.ts';

/** Place of a delivery as faults name it. */
export const placeOf = (delivery: Delivery): string => `${delivery.topic}/${delivery.partition}/${delivery.offset}`;

/**
 * One emission for each delivery, in the order in which `project` answers.
 *
 * `project` gives an Observable with one emission that settles its delivery; a second one is ignored, none is an error. A FaultError whose blame is
 * the record settles it as failed and writes the fault; one whose blame is the environment, and any other error, ends the stream: the
 * record stays unsettled. Memory: what `project` holds for the deliveries that the gate let in.
 */
export function settleEach<In extends Delivery>(stage: string, project: (delivery: In) => Observable<Emission>, settled: (delivery: In) => void = () => {}): OperatorFunction<In, Emission> {
  return mergeMap((delivery: In) => {
    return defer(() => project(delivery)).pipe(
      take(1),                                                                                        // Emission  the first counts
      throwIfEmpty(() => new FaultError('LEDGER_BROKEN', `${stage} gave no answer to ${placeOf(delivery)}.`)),
      catchError((error: unknown) => error instanceof FaultError && error.blame === 'record'
        ? of(failedEmission(stage, delivery, error))                                                  // Emission  the fault and the record's bytes
        : throwError(() => error)),
      finalize(() => settled(delivery)),                                                              // also when cancelled: its credit goes back
    );
  });
}

/** The emission of a delivery that could not be processed. */
export function failedEmission(stage: string, delivery: Delivery, fault: FaultError): Emission {
  return { outputs: [faultOutput(fault, { stage, place: placeOf(delivery), key: delivery.key, original: JSON.stringify(delivery.value) })], settled: [{ delivery, verdict: 'failed' }] };
}
