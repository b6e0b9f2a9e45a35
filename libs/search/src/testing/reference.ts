// The search as the paper's pseudocode has it: one mutable tree, one loop, nothing in flight. An oracle for tests, written without the product's code (it shares the script and the events' texts).
import type { OpenedEvent } from '@slowthink/records';
import { apply, expansionEvents, choiceEvent, type SearchRequest } from '../index.ts';
import { usageOf, type Script } from './play.ts';

interface Known { readonly id: string; readonly parent: Known | undefined; readonly children: Known[]; readonly depth: number; readonly order: number; action: string; value: number; visits: number; own: number | undefined; readonly text: string; readonly reflect: boolean }

/** [id, action, value, visits] of every node, in the order of expansion, child and chain. For scripts that never fail. */
export function referenceTree(opened: OpenedEvent, script: Script): readonly (readonly [string, string, number, number])[] {
  const { search: settings } = opened;
  const tree = apply(undefined, opened); // for the texts of events only
  const root: Known = { id: '0', parent: undefined, children: [], depth: 0, order: 0, action: 'root', value: 0, visits: 0, own: undefined, text: "Let's break down this problem step by step.", reflect: false };
  const all = [root];
  let number = 0;

  const path = (node: Known): Known[] => (node.parent === undefined ? [node] : [...path(node.parent), node]);
  const request = (kind: SearchRequest['kind'], node: Known, children: readonly number[], forced: boolean): SearchRequest => ({
    kind, id: `${opened.treeId}/${number}/${kind}`, treeId: opened.treeId, questionId: opened.questionId, expansion: number, parentId: node.id, children, n: children.length, seed: 0,
    steps: path(node).map(({ text }) => text), depth: node.depth + 1, forced,
  });
  const ask = (asked: SearchRequest): readonly string[] => script.answer(asked) as readonly string[];
  const write = (asked: SearchRequest) => expansionEvents(tree, asked, ask(asked).map((text) => ({ text, truncated: false })), usageOf(asked.n));

  const attach = (node: Known, events: ReturnType<typeof write>): void => {
    let parent = node;
    for (const event of events) {
      const simulated = event.rollouts === 0 ? undefined : script.simulate(event) as { right: number; n: number };
      const own = simulated === undefined ? undefined : simulated.right / simulated.n;
      const child: Known = { id: event.nodeId, parent, children: [], depth: event.depth, order: all.length, action: event.action, value: own ?? (event.verdict?.status === 'right' ? 1 : 0), visits: 1, own, text: event.text, reflect: event.asked === 'reflect' };
      parent.children.push(child);
      all.push(child);
      if (child.reflect) parent.action = 'reason';
      for (let at: Known | undefined = parent; at !== undefined; at = at.parent) {
        const visits = at.children.reduce((sum, { visits: n }) => sum + n, 0);
        const mean = at.children.reduce((sum, { visits: n, value }) => sum + n * value, 0) / visits;
        at.value = settings.backup === 'mean' ? mean : (at.value + mean) / 2;
        at.visits += 1;
      }
      parent = child;
    }
  };

  const expand = (node: Known, how: 'reason' | 'finish' | 'ask' | 'reflect', forced = false): void => {
    number += 1;
    const children = how === 'finish' || how === 'reflect' ? [0] : Array.from({ length: settings.childrenMax }, (_, child) => child);
    if (how !== 'ask') {
      const events = write(request(how, node, children, forced));
      for (const child of children) attach(node, events.filter((event) => event.child === child));
      return;
    }
    const asked = request('choose', node, children, forced);
    const { actions } = choiceEvent(tree, asked, ask(asked), usageOf(asked.n));
    const events = (['reason', 'finish'] as const).flatMap((action) => {
      const chosen = children.filter((child) => actions[child] === action);
      return chosen.length === 0 ? [] : write(request(action, node, chosen, forced));
    });
    for (const child of children) attach(node, events.filter((event) => event.child === child));
  };

  const rightLeaves = (): number => new Set(all.filter(({ action, value }) => action === 'finish' && value >= settings.gateLow).map((leaf) => path(leaf).map(({ text }) => text).join('|'))).size;
  const completed = (node: Known): boolean => {
    if (node.action !== 'finish') return false;
    const quota = path(node).filter(({ reflect }) => reflect).length < settings.refinesMax;
    return !(quota && (settings.reflect === 'always' || (settings.reflect === 'wrong' && node.value < settings.gateLow)));
  };
  const open = (node: Known): boolean => (node.children.length > 0 ? node.children.some(open) : !completed(node) && (settings.depthMax === null || node.depth < settings.depthMax));
  const select = (node: Known): Known => {
    if (node.children.length === 0) return node;
    const candidates = node.children.filter(open).map((child) => ({ child, score: child.value + settings.exploration * Math.sqrt(Math.log(node.visits) / child.visits) }));
    return select(candidates.reduce((best, other) => (other.score > best.score ? other : best)).child);
  };

  expand(root, 'reason');
  while (rightLeaves() < settings.correctLeavesMax && all.length < settings.nodesMax && open(root)) {
    const leaf = select(root);
    expand(leaf, leaf.action === 'finish' ? 'reflect' : leaf.own !== undefined && leaf.own >= settings.gateHigh ? 'finish' : settings.choosing === 'asked' ? 'ask' : 'reason');
  }
  const leaves = all.filter(({ action, children }) => action !== 'finish' && children.length === 0).sort((a, b) => b.value - a.value || a.order - b.order);
  const few = (): boolean => rightLeaves() <= settings.forcedFinishEnough;
  if (settings.forcedFinish === 'untilEnough') { for (const leaf of leaves) if (few()) expand(leaf, 'finish', true); }
  if (settings.forcedFinish === 'all' && few()) for (const leaf of leaves) expand(leaf, 'finish', true);
  return all.map(({ id, action, value, visits }) => [id, action, value, visits] as const);
}
