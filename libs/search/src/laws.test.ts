import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apply, next, treeRecord, type SearchOverrides, type Tree, type TreeEvent } from './index.ts';
import { answerEvents, dump, open, play, randomScript, type Played } from './testing/play.ts';

const settings: fc.Arbitrary<SearchOverrides> = fc.record({
  childrenMax: fc.integer({ min: 1, max: 4 }), nodesMax: fc.integer({ min: 1, max: 24 }), depthMax: fc.constantFrom(null, 1, 2, 4), correctLeavesMax: fc.integer({ min: 1, max: 5 }),
  samplesMax: fc.constantFrom(null, 1, 60), gateHigh: fc.constantFrom(0.5, 0.9, 1), backup: fc.constantFrom('comp', 'mean'), exploration: fc.constantFrom(0, 0.5, 2),
  forcedFinish: fc.constantFrom('all', 'untilEnough', 'none'), forcedFinishEnough: fc.integer({ min: 0, max: 4 }), choosing: fc.constantFrom('asked', 'from-text'),
  simulationBase: fc.integer({ min: 1, max: 8 }), simulationMin: fc.integer({ min: 1, max: 3 }), simulating: fc.constantFrom('fixed', 'adaptive'),
  reflect: fc.constantFrom('off', 'wrong', 'always'), refinesMax: fc.integer({ min: 0, max: 2 }), wave: fc.constantFrom(1, 1, 2, 3, 8), tokensMax: fc.constantFrom(null, null, 1, 300),
} as const);
const seeds = fc.nat({ max: 1_000_000 });
/** A tree played to its end, transactions folded in a random order of arrival. */
const played: fc.Arbitrary<Played> = fc.tuple(settings, seeds, seeds).map(([overrides, seed, order]) => play(open(overrides, '1', seed), randomScript(seed), picker(order)));
const picker = (seed: number): ((waiting: number) => number) => { let state = seed; return (waiting) => { state = (Math.imul(state, 1103515245) + 12345) >>> 0; return (state >>> 8) % waiting; }; };
const shuffled = (events: readonly TreeEvent[]): fc.Arbitrary<TreeEvent[]> => fc.shuffledSubarray([...events], { minLength: events.length, maxLength: events.length });
const fold = (events: readonly TreeEvent[], start?: Tree): Tree => events.reduce<Tree | undefined>((tree, event) => apply(tree, event), start)!;
const runs = { numRuns: 2000 };

test('folds any permutation of the events of a tree to the same tree', () => {
  fc.assert(fc.property(played.chain((whole) => fc.tuple(fc.constant(whole), shuffled(whole.events))), ([whole, events]) => { expect(dump(fold(events))).toBe(dump(whole.tree)); }), runs);
});

test('folds any permutation of a part of the events to the same tree, whatever is still to come', () => {
  const part = played.chain((whole) => fc.subarray([...whole.events], { minLength: 1 })).chain((events) => fc.tuple(fc.constant(events), shuffled(events)));
  fc.assert(fc.property(part, ([events, other]) => { expect(dump(fold(other))).toBe(dump(fold(events))); }), runs);
});

test('gives back the very same tree for an event it has', () => {
  fc.assert(fc.property(played, ({ events }) => {
    let tree: Tree | undefined;
    for (const event of events) { tree = apply(tree, event); expect(apply(tree, event)).toBe(tree); }
    for (const event of events) expect(apply(tree, event)).toBe(tree);
  }), runs);
});

test('never changes a tree in place', () => {
  fc.assert(fc.property(played, ({ events }) => {
    let tree: Tree | undefined;
    for (const event of events) { const before = tree; const text = before === undefined ? '' : dump(before); tree = apply(tree, event); if (before !== undefined) expect(dump(before)).toBe(text); }
  }), { numRuns: 30 });
});

test('asks after each transaction for exactly what a caller has in flight, also when the tree is folded again from the log', () => {
  fc.assert(fc.property(played, ({ transactions, inFlight }) => {
    for (let count = 1; count <= transactions.length; count += 1) expect(next(fold(transactions.slice(0, count).flat())).requests.map(({ id }) => id).sort()).toEqual(inFlight[count - 1]);
  }), { numRuns: 60 });
});

test('comes to the same end from every restart point, asking only what was never answered', () => {
  fc.assert(fc.property(settings, seeds, seeds, fc.nat(), (overrides, seed, order, cut) => {
    const opened = open(overrides, '1', seed);
    const script = randomScript(seed);
    const whole = play(opened, script, picker(order));
    const count = 1 + (cut % whole.transactions.length);
    const start = fold(whole.transactions.slice(0, count).flat());
    const again = play(opened, script, picker(order + 1), start);
    expect(dump(again.tree)).toBe(dump(whole.tree));
    const answered = new Set(whole.transactions.slice(0, count).flatMap((events) => events.flatMap((event) => ('requestId' in event ? [event.requestId] : []))));
    expect(again.requests.filter(({ id }) => answered.has(id))).toEqual([]);
  }), { numRuns: 100 });
});

test('asks from any part of the log nothing that this part shows to be answered, and asks it in the same words', () => {
  fc.assert(fc.property(played, fc.nat(), seeds, fc.integer({ min: 1, max: 3 }), (whole, at, dice, keep) => {
    const last = 1 + (at % whole.tree.search!.folded); // whole before this expansion, some events of it, nothing after
    const random = picker(dice);
    const events = whole.events.filter((event) => event.type === 'opened' || (event.type !== 'closed' && event.type !== 'snapshot' && (event.expansion < last || (event.expansion === last && random(4) < keep))));
    const writer = new Map(whole.events.flatMap((event) => (event.type === 'expansion' ? [[event.nodeId, event.requestId]] : [])));
    const shown = new Set(events.flatMap((event) => {
      if (event.type === 'chosen') return [event.requestId];
      if (event.type !== 'expansion' && event.type !== 'rollout') return [];
      return [writer.get(event.nodeId), `${event.treeId}/${event.expansion}/choose`]; // a child shows that its choice was answered, a simulation that its node was written
    }));
    const asked = new Map(whole.requests.map((request) => [request.id, request]));
    for (const request of next(fold(events)).requests) { expect(shown).not.toContain(request.id); expect(request).toEqual(asked.get(request.id)); }
  }), { numRuns: 400 });
});

test('asks the same requests with the same seeds whatever the order of arrival', () => {
  fc.assert(fc.property(settings, seeds, seeds, (overrides, seed, order) => {
    const byId = ({ requests }: Played): unknown => requests.map((request) => JSON.stringify(request)).sort();
    expect(byId(play(open(overrides, '1', seed), randomScript(seed), picker(order)))).toEqual(byId(play(open(overrides, '1', seed), randomScript(seed))));
  }), { numRuns: 80 });
});

test('keeps values in 0..1 and visits at 1 + those of the children; a node without a value was never visited', () => {
  fc.assert(fc.property(played, ({ tree }) => {
    const { nodes } = tree.search!;
    nodes.forEach((node, index) => {
      const below = node.children.reduce((sum, child) => sum + nodes[child]!.visits, 0);
      if (node.value === null) expect([node.visits, below]).toEqual([0, 0]);
      else { expect(node.value).toBeGreaterThanOrEqual(0); expect(node.value).toBeLessThanOrEqual(1); expect(node.visits).toBe(below + (index === 0 ? 0 : 1)); }
      for (const child of node.children) expect(nodes[child]).toMatchObject({ parent: index, depth: node.depth + 1 });
    });
  }), runs);
});

test('never expands a right Finish unless every Finish is reflected on, a wrong one only by one Reflect within the quota; no failed child, no node without a value, no node twice', () => {
  fc.assert(fc.property(played, ({ tree, requests }) => {
    const byId = new Map(tree.search!.nodes.map((node) => [node.id, node]));
    const { reflect, refinesMax } = tree.opened!.search;
    for (const { parentId, kind, n } of requests) {
      const node = byId.get(parentId)!;
      expect(node.value).not.toBeNull();
      const wasFinish = node.refined || node.action === 'finish';
      expect(wasFinish).toBe(kind === 'reflect');
      if (!wasFinish) continue;
      const ancestors = parentId.split('.').map((_, depth, parts) => byId.get(parts.slice(0, depth + 1).join('.'))!);
      expect([n, reflect === 'always' || (reflect === 'wrong' && node.verdict!.status === 'wrong'), ancestors.filter(({ asked }) => asked === 'reflect').length < refinesMax]).toEqual([1, true, true]);
    }
    const expanded = [...new Set(requests.map(({ expansion, parentId }) => `${expansion} ${parentId}`))].map((pair) => pair.split(' ')[1]);
    expect(new Set(expanded).size).toBe(expanded.length);
  }), runs);
});

test('ends every tree, selects nothing past its budget, and numbers expansions without a hole', () => {
  fc.assert(fc.property(played, ({ tree, requests }) => {
    const { nodes, stop } = tree.search!;
    const settingsOf = tree.opened!.search;
    expect(tree.closed).toMatchObject({ stop, status: stop === 'root-failed' ? 'failed' : 'closed' });
    expect(tree.waiting.size).toBe(0);
    for (const selections of Map.groupBy(tree.search!.selections, ({ wave }) => wave).values()) {
      if (selections[0]!.rule !== 'ucb') continue;
      expect(nodes.filter((node) => node.expansion < selections[0]!.expansion).length).toBeLessThan(settingsOf.nodesMax);
      expect(selections.length).toBeLessThanOrEqual(settingsOf.wave);
    }
    const numbers = [...new Set(requests.map(({ expansion }) => expansion))].sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, place) => place + 1));
  }), runs);
});

test('counts in the tree what all its events cost', () => {
  fc.assert(fc.property(played, ({ tree, events }) => {
    const spent = events.flatMap((event) => ('usage' in event ? [event.usage] : []));
    const total = (name: 'requests' | 'samples' | 'promptTokens' | 'completionTokens'): number => spent.reduce((sum, usage) => sum + usage[name], 0);
    const choices = events.filter(({ type }) => type === 'chosen').length; // counted apart: one request each
    expect(treeRecord(tree).usage).toEqual({ ...(choices === 0 ? {} : { choices }), requests: total('requests'), samples: total('samples'), promptTokens: total('promptTokens'), completionTokens: total('completionTokens') });
  }), runs);
});

test('makes each tree of two interleaved questions as if the other were not there (defect: a node budget shared by all questions and growing)', () => {
  fc.assert(fc.property(settings, seeds, (overrides, seed) => {
    const script = randomScript(seed, false);
    const alone = ['1', '2'].map((id) => play(open(overrides, id, seed), script));
    const logs = alone.map(({ transactions }) => transactions);
    const trees: (Tree | undefined)[] = [undefined, undefined];
    for (let at = 0; at < Math.max(logs[0]!.length, logs[1]!.length); at += 1) logs.forEach((log, which) => {
      const before = trees[which] === undefined ? [] : next(trees[which]).requests;
      const events = log[at] ?? [];
      const asked = before.find(({ id }) => events[0]?.type !== 'rollout' && events[0] !== undefined && 'requestId' in events[0] && events[0].requestId === id);
      trees[which] = fold(asked === undefined ? events : answerEvents(trees[which]!, asked, script), trees[which]);
    });
    expect(trees.map((tree) => dump(tree!))).toEqual(alone.map(({ tree }) => dump(tree)));
  }), { numRuns: 60 });
});
