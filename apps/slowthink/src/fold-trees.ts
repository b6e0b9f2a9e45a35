import type { Broker } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';
import { decodeRecord, topics, type RolloutEvent, type StreamRecord, type TreeRecord } from '@slowthink/records';
import { apply, treeRecord, type Tree, type TreeEvent } from '@slowthink/search';
import { readTopic, scanTopic } from '@slowthink/wiring';
import { tellInvalid } from './tell-invalid.ts';

/**
 * The closed trees of one partition, folded again from `expansions` and `rollouts`, with the offset of their `closed` event. Both topics are read side by side and a tree is
 * let go as soon as it is whole, so memory follows the trees that were open at once. Snapshots are passed over: the events themselves are folded.
 * EVENTS_DELETED when some are there no more, before or during the fold; RECORD_INVALID when a closed tree lacks events.
 */
export async function* foldTrees(broker: Broker, partition: number): AsyncIterable<{ readonly tree: TreeRecord; readonly offset: number }> {
  await refuseDeleted(broker, partition);
  const trees = new Map<string, { tree: Tree | undefined; closedAt?: number }>();
  const done = new Set<string>(); // closed and given out, until the event topics end
  const rollouts = readTopic<RolloutEvent>(broker, topics.rollouts, 'rollout', { partition, ...tellInvalid })[Symbol.asyncIterator]();
  const take = (event: TreeEvent, offset?: number): TreeRecord | undefined => {
    const one = trees.get(event.treeId) ?? { tree: undefined };
    one.tree = apply(one.tree, event);
    if (event.type === 'closed' && offset !== undefined) one.closedAt = offset;
    trees.set(event.treeId, one);
    return isWhole(one.tree) ? treeRecord(one.tree) : undefined;
  };
  const give = (tree: TreeRecord) => { const offset = trees.get(tree.treeId)!.closedAt!; trees.delete(tree.treeId); done.add(tree.treeId); return { tree, offset }; };
  for await (const stored of scanTopic(broker, topics.expansions, partition)) {
    let event: StreamRecord;
    try { event = decodeRecord(stored.value, topics.expansions.types); } catch (error) { tellInvalid.invalid(stored, error); continue; }
    if (event.type === 'end' || event.type === 'snapshot' || done.has((event as TreeEvent).treeId)) continue;
    const tree = take(event as TreeEvent, stored.offset);
    if (tree) yield give(tree);
    const next = await rollouts.next();
    if (!next.done && !done.has(next.value.value.treeId)) { const whole = take(next.value.value); if (whole) yield give(whole); }
  }
  for (let next = await rollouts.next(); !next.done; next = await rollouts.next()) {
    if (done.has(next.value.value.treeId)) continue;
    const tree = take(next.value.value);
    if (tree) yield give(tree);
  }
  await refuseDeleted(broker, partition); // a run beside this may have deleted some since
  const torn = [...trees.values()].find(({ tree, closedAt }) => tree !== undefined && closedAt !== undefined);
  if (torn) throw new FaultError('RECORD_INVALID', `Tree ${torn.tree!.treeId} is closed, but events of it are missing in partition ${partition}.`);
}

const isWhole = (tree: Tree): boolean => tree.opened !== undefined && tree.closed !== undefined && tree.search !== undefined && tree.search.active.length === 0;

/** Fewer trees, silently, would be the worst that a rebuild can do. */
async function refuseDeleted(broker: Broker, partition: number): Promise<void> {
  for (const { name } of [topics.expansions, topics.rollouts]) {
    const range = (await broker.ranges(name)).find((one) => one.partition === partition);
    if (range !== undefined && range.start > 0) throw new FaultError('EVENTS_DELETED', `The first ${range.start} events of ${name}/${partition} were deleted, so the trees that began there cannot be folded again.`);
  }
}
