// Which of the messages of a fetch are committed. kafkajs 2.2.4 takes the aborted transactions of an answer one a message and in the order of the answer, which is that of their ends:
// of two that overlapped it showed records of the one that began first and ended last, as if they were committed. Here they begin in the order of their first offsets, as many as are due.
import type { FetchedMessage, FetchedPartition } from 'kafkajs/src/cluster/index.js';

export interface Committed {
  /** At or behind the offset that was asked for, without control records and without what was aborted. */
  readonly messages: readonly FetchedMessage[];
  /** Offset of the last record of any kind; undefined when there was none. */
  readonly last: number | undefined;
}

/** An aborted transaction of a producer reaches from its first offset to the producer's next marker. */
export function committedMessages({ messages, abortedTransactions }: Pick<FetchedPartition, 'messages' | 'abortedTransactions'>, from: number): Committed {
  const ahead = (abortedTransactions ?? []).map(({ firstOffset, producerId }) => ({ first: Number(firstOffset), producerId })).sort((a, b) => a.first - b.first);
  const aborting = new Set<string>();
  const committed = messages.filter(({ offset, isControlRecord, batchContext: { producerId, inTransaction } }) => {
    for (let next = ahead[0]; next !== undefined && next.first <= Number(offset); next = ahead[0]) { aborting.add(next.producerId); ahead.shift(); }
    if (isControlRecord) { aborting.delete(producerId); return false; }
    return Number(offset) >= from && !(inTransaction && aborting.has(producerId));
  });
  const last = messages.at(-1);
  return { messages: committed, last: last === undefined ? undefined : Number(last.offset) };
}
