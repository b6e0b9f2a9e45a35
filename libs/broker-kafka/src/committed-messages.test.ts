import type { FetchedMessage } from 'kafkajs/src/cluster/index.js';
import { expect, test } from 'vitest';
import { committedMessages } from './committed-messages.ts';

const record = (offset: number, producerId: string, some: Partial<FetchedMessage> = {}): FetchedMessage => ({ offset: String(offset), key: null, value: null, headers: undefined, isControlRecord: false, batchContext: { producerId, inTransaction: true }, ...some });
const marker = (offset: number, producerId: string): FetchedMessage => record(offset, producerId, { isControlRecord: true });
const offsets = (fetched: Parameters<typeof committedMessages>[0], from = 0): readonly number[] => committedMessages(fetched, from).messages.map(({ offset }) => Number(offset));

test('of two aborted transactions that overlap nothing is shown, though the broker lists first the one that ended first', () => {
  const messages = [record(45, 'c'), record(46, 'b'), record(47, 'a'), record(48, 'c'), marker(49, 'c'), marker(60, 'a'), marker(61, 'b'), record(62, 'b'), marker(63, 'b')];
  expect(offsets({ messages, abortedTransactions: [{ producerId: 'a', firstOffset: '47' }, { producerId: 'b', firstOffset: '46' }] })).toEqual([45, 48, 62]); // a real log: of worker b, killed, and what it committed when it came back
});

test('a fetch from the middle knows all transactions that began before it', () => {
  const messages = [record(48, 'a'), record(49, 'b'), record(50, 'c'), marker(51, 'a'), marker(52, 'b')];
  expect(offsets({ messages, abortedTransactions: [{ producerId: 'b', firstOffset: '46' }, { producerId: 'a', firstOffset: '47' }] }, 48)).toEqual([50]);
});

test('what one producer committed between two transactions that were aborted is shown', () => {
  const messages = [record(8, 'a'), marker(9, 'a'), record(10, 'a'), marker(11, 'a'), record(12, 'a'), marker(13, 'a'), record(14, 'a')];
  expect(offsets({ messages, abortedTransactions: [{ producerId: 'a', firstOffset: '8' }, { producerId: 'a', firstOffset: '12' }] })).toEqual([10, 14]);
});

test('records before the offset that was asked for are left out, and the last offset counts markers', () => {
  expect(committedMessages({ messages: [record(4, 'a'), record(5, 'a'), marker(6, 'a')], abortedTransactions: null }, 5)).toMatchObject({ messages: [{ offset: '5' }], last: 6 });
  expect(committedMessages({ messages: [], abortedTransactions: [] }, 5)).toEqual({ messages: [], last: undefined });
});
