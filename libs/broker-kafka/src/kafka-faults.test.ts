import { FaultError } from '@slowthink/faults';
import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { faultOfKafka, isFinal, isTooLarge, rootOf } from './kafka-faults.ts';

const protocol = (type: string, message = 'said the broker') => Object.assign(new Error(message), { name: 'KafkaJSProtocolError', type });

/** In the wrappers that kafkajs puts around what happened. */
const wrappers: readonly ((error: Error) => Error)[] = [
  (error) => error,
  (error) => Object.assign(new kafkajs.KafkaJSNonRetriableError(error), { cause: error }),
  (error) => new kafkajs.KafkaJSNumberOfRetriesExceeded(error, { retryCount: 3, retryTime: 100 }),
  (error) => new kafkajs.KafkaJSAggregateError('Topic creation errors', [error as never]),
];

describe('faultOfKafka', () => {
  it.each<readonly [string, string, boolean]>([
    ['TOPIC_AUTHORIZATION_FAILED', 'BROKER_UNAUTHORIZED', true], ['GROUP_AUTHORIZATION_FAILED', 'BROKER_UNAUTHORIZED', true], ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'BROKER_UNAUTHORIZED', true],
    ['SASL_AUTHENTICATION_FAILED', 'BROKER_UNAUTHORIZED', true], ['UNSUPPORTED_SASL_MECHANISM', 'BROKER_UNAUTHORIZED', true], ['MESSAGE_TOO_LARGE', 'BROKER_REFUSED', true], ['INCONSISTENT_GROUP_PROTOCOL', 'BROKER_REFUSED', true],
    ['POLICY_VIOLATION', 'BROKER_REFUSED', true], ['INVALID_SESSION_TIMEOUT', 'BROKER_REFUSED', true], ['NOT_LEADER_FOR_PARTITION', 'BROKER_UNREACHABLE', false], ['COORDINATOR_LOAD_IN_PROGRESS', 'BROKER_UNREACHABLE', false],
  ])('makes %s %s, whatever it is wrapped in', (type, code, final) => {
    for (const wrap of wrappers) {
      expect(faultOfKafka('It could not be read', wrap(protocol(type)))).toMatchObject({ code, message: `It could not be read: said the broker (${type}).` });
      expect(isFinal(wrap(protocol(type)))).toBe(final);
    }
  });

  it('says in words that nothing listens, and what a port that hangs up may want', () => {
    expect(faultOfKafka('It could not be reached', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })).message).toBe('It could not be reached: nothing listens there (ECONNREFUSED).');
    expect(faultOfKafka('It could not be reached', new Error('Closed connection')).hint).toContain('kafka.tls');
  });

  it('leaves a fault as it is', () => {
    const fault = new FaultError('TASK_FENCED', 'taken');
    expect(faultOfKafka('x', fault)).toBe(fault);
  });
});

describe('what kafkajs threw', () => {
  it('is looked for below any number of wrappers', () => {
    const deep = wrappers.reduce((error, wrap) => wrap(error), protocol('INVALID_PRODUCER_EPOCH') as Error);
    expect(rootOf(deep).type).toBe('INVALID_PRODUCER_EPOCH');
    expect(rootOf(undefined)).toEqual({});
  });

  it('is too large only where the broker said so', () => {
    expect(isTooLarge(protocol('RECORD_LIST_TOO_LARGE'))).toBe(true);
    expect(isTooLarge(protocol('MESSAGE_TOO_LARGE'))).toBe(true);
    expect(isTooLarge(protocol('CORRUPT_MESSAGE'))).toBe(false);
  });
});
