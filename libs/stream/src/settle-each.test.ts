import { FaultError } from '@slowthink/faults';
import { NEVER, of, throwError, timer, map, EMPTY } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { settleEach } from './settle-each.ts';
import type { Delivery, Emission } from './stage.ts';

const delivery = (offset: number): Delivery => ({ topic: 'trees', partition: 0, offset, key: `q${offset}`, value: { type: 'end', v: 1, batch: 'b', count: 1 } });
const ok = (of: Delivery): Emission => ({ outputs: [], settled: [{ delivery: of, verdict: 'ok' }] });
const marbles = (test: (scheduler: Parameters<Parameters<TestScheduler['run']>[0]>[0]) => void) => new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(test);

describe('settleEach', () => {
  const a = delivery(0), b = delivery(1);

  it('settles in the order of the answers, not of the records', () => marbles(({ cold, expectObservable }) => {
    const source = cold('ab|', { a, b });
    const result = source.pipe(settleEach('label', (one) => timer(one.offset === 0 ? 5 : 1).pipe(map(() => ok(one)))));
    expectObservable(result).toBe('--b--(a|)', { a: ok(a), b: ok(b) });
  }));

  it('ignores a second answer to the same record', () => marbles(({ cold, expectObservable }) => {
    expectObservable(cold('a|', { a }).pipe(settleEach('label', (one) => of(ok(one), ok(one))))).toBe('a|', { a: ok(a) });
  }));

  it('writes a fault and settles as failed when the record is to blame, and goes on', () => marbles(({ cold, expectObservable }) => {
    const result = cold('ab|', { a, b }).pipe(settleEach('label', (one) => one === a ? throwError(() => new FaultError('MODEL_REFUSED', 'no')) : of(ok(one))), map(({ settled, outputs }) => `${settled[0]!.verdict} ${outputs.map(({ value }) => value.type === 'fault' ? `${value.code} ${value.place}` : '').join()}`));
    expectObservable(result).toBe('ab|', { a: 'failed MODEL_REFUSED trees/0/0', b: 'ok ' });
  }));

  it('ends the stream with the record unsettled when the environment is to blame', () => marbles(({ cold, expectObservable }) => {
    const fault = new FaultError('MODEL_UNREACHABLE', 'gone');
    expectObservable(cold('a', { a }).pipe(settleEach('label', () => throwError(() => fault)))).toBe('#', undefined, fault);
  }));

  it('takes silence about a record as a broken law', () => marbles(({ cold, expectObservable }) => {
    expectObservable(cold('a', { a }).pipe(settleEach('label', () => EMPTY))).toBe('#', undefined, new FaultError('LEDGER_BROKEN', 'label gave no answer to trees/0/0.'));
  }));

  it('gives each credit back once: after an answer, a fault or a cancellation', () => {
    const back: number[] = [];
    const project = (one: Delivery) => one.offset === 0 ? of(ok(one)) : one.offset === 1 ? throwError(() => new FaultError('MODEL_REFUSED', 'no')) : NEVER;
    of(a, b, delivery(2)).pipe(settleEach('label', project, ({ offset }) => back.push(offset))).subscribe().unsubscribe();
    expect(back).toEqual([0, 1, 2]);
  });
});
