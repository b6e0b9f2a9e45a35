import { decodeRecord, encodeRecord, type SnapshotEvent } from '@slowthink/records';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apply, expansionEvents, next, snapshotEvents, type SearchOverrides, type SearchRequest, type Tree, type TreeEvent } from './index.ts';
import { dump, open, play, randomScript, usageOf, type Played } from './testing/play.ts';

const settings: fc.Arbitrary<SearchOverrides> = fc.record({
  childrenMax: fc.integer({ min: 1, max: 3 }), nodesMax: fc.integer({ min: 4, max: 24 }), correctLeavesMax: fc.integer({ min: 2, max: 5 }), forcedFinish: fc.constantFrom('all', 'untilEnough', 'none'), forcedFinishEnough: fc.integer({ min: 0, max: 4 }),
  choosing: fc.constantFrom('asked', 'from-text'), simulationBase: fc.integer({ min: 1, max: 8 }), simulating: fc.constantFrom('fixed', 'adaptive'), reflect: fc.constantFrom('off', 'wrong', 'always'), wave: fc.constantFrom(1, 2, 8),
} as const);
const seeds = fc.nat({ max: 1_000_000 });
const picker = (seed: number): ((waiting: number) => number) => { let state = seed; return (waiting) => { state = (Math.imul(state, 1103515245) + 12345) >>> 0; return (state >>> 8) % waiting; }; };
const played: fc.Arbitrary<Played> = fc.tuple(settings, seeds, seeds).map(([overrides, seed, order]) => play(open(overrides, '1', seed), randomScript(seed), picker(order)));
const fold = (events: readonly TreeEvent[], start?: Tree): Tree => events.reduce<Tree | undefined>((tree, event) => apply(tree, event), start)!;
const throughTopic = (event: SnapshotEvent): SnapshotEvent => decodeRecord(encodeRecord(event), ['snapshot']) as SnapshotEvent;
const snapshotOf = (tree: Tree): readonly SnapshotEvent[] => snapshotEvents(tree).map(throughTopic);

/** A played tree, its log cut in two between transactions, and the snapshot of what the first half folds to. */
const cutInTwo = fc.tuple(played, fc.nat()).map(([whole, at]) => {
  const count = 1 + (at % (whole.transactions.length - 1)); // the last one closes the tree
  const [before, after] = [whole.transactions.slice(0, count).flat(), whole.transactions.slice(count).flat()];
  return { whole, before, after, snapshot: snapshotOf(fold(before)) };
});

test('a snapshot alone folds to the tree it was made from, and that tree asks for the same', () => {
  fc.assert(fc.property(cutInTwo, ({ before, snapshot }) => {
    const [tree, again] = [fold(before), fold(snapshot)];
    expect(dump(again)).toBe(dump(tree));
    expect(next(again)).toEqual(next(tree));
    expect(snapshotOf(again)).toEqual(snapshot);
  }), { numRuns: 150 });
});

test('a fold from a snapshot on, with whatever earlier events are still read, equals the fold of the whole log, in any order', () => {
  const read = cutInTwo.chain(({ whole, before, after, snapshot }) => fc.subarray([...before]).chain((left) => {
    const events: TreeEvent[] = [...left, ...snapshot, ...after, ...snapshot]; // twice: what stands twice counts once
    return fc.tuple(fc.constant(whole), fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }));
  }));
  fc.assert(fc.property(read, ([whole, events]) => { expect(dump(fold(events))).toBe(dump(whole.tree)); }), { numRuns: 300 });
});

test('a part of the later events after a snapshot folds to what it folds to after the whole log: what has not come yet still waits', () => {
  const read = cutInTwo.chain((cut) => fc.tuple(fc.constant(cut), fc.subarray([...cut.after])));
  fc.assert(fc.property(read, ([{ before, snapshot }, later]) => { expect(dump(fold([...later, ...snapshot]))).toBe(dump(fold([...before, ...later]))); }), { numRuns: 150 });
});

test('a snapshot of what a tree has already changes nothing and gives back the very same tree', () => {
  fc.assert(fc.property(cutInTwo, ({ whole, before, snapshot }) => {
    for (const tree of [fold(before), whole.tree]) for (const event of snapshot) expect(apply(tree, event)).toBe(tree);
  }), { numRuns: 150 });
});

test('a later snapshot stands for an earlier one', () => {
  fc.assert(fc.property(cutInTwo, fc.nat(), ({ whole, after, snapshot }, at) => {
    const later = after.slice(0, at % after.length).filter(({ type }) => type !== 'closed');
    const second = snapshotOf(fold(later, fold(snapshot)));
    expect(dump(fold([...second, ...after]))).toBe(dump(whole.tree));
    expect(dump(fold([...second, ...snapshot, ...after]))).toBe(dump(whole.tree));
  }), { numRuns: 150 });
});

test('waiting events that would make a record too large are shared out over parts, and all parts together are the tree', () => {
  const opened = open({ childrenMax: 26 });
  const tree = apply(undefined, opened);
  const [request] = next(tree).requests as [SearchRequest];
  const waiting = fold(expansionEvents(tree, request, Array.from({ length: 26 }, (_, child) => ({ text: `Weigh ${child}: ${'the long history '.repeat(10_000)}`, truncated: false })), usageOf(26)), tree);
  const parts = snapshotOf(waiting);
  expect(parts.length).toBeGreaterThan(3);
  expect(parts.map(({ part, parts: of, state }) => [part, of, state !== undefined])).toEqual(parts.map((_, part) => [part, parts.length, part === 0]));
  for (const part of parts) expect(Buffer.byteLength(encodeRecord(part))).toBeLessThan(8_000_000);
  expect(dump(fold(parts))).toBe(dump(waiting));
  expect(dump(fold(parts.toReversed()))).toBe(dump(waiting));
});

test('there is no snapshot of a tree that is closed, or whose first event is not there', () => {
  const { tree, events } = play(open(), randomScript(5));
  expect(() => snapshotEvents(tree)).toThrow(/not open/);
  expect(() => snapshotEvents(fold(events.slice(1, 3)))).toThrow(/not open/);
});
