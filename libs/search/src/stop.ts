import { STEP_SEPARATOR } from '@slowthink/prompts';
import type { SearchSettings } from '@slowthink/records';
import { stepsTo, type Node, type Search } from './tree.ts';

type Rule = (search: Search, settings: SearchSettings) => boolean;

/** Stop rules in the order they are asked, between waves and never before the root's expansion: so each limit can be overshot by one wave. `exhausted` (no open leaf) is asked last, by whoever selects. */
const rules: readonly (readonly [string, Rule])[] = [
  ['root-failed', ({ nodes }) => nodes[0]!.children.every((child) => nodes[child]!.value === null)],
  ['correct-leaves', ({ nodes }, settings) => correctLeaves(nodes, settings.gateLow) >= settings.correctLeavesMax],
  ['nodes', ({ nodes }, settings) => nodes.length >= settings.nodesMax], // root and failed children count: every expansion brings the end nearer
  ['samples', ({ samples }, settings) => settings.samplesMax !== null && samples >= settings.samplesMax],
  ['tokens', ({ usage }, settings) => settings.tokensMax !== null && usage.completionTokens >= settings.tokensMax],
];

/** Name of the first stop rule that holds, or undefined. */
export const stopRule = (search: Search, settings: SearchSettings): string | undefined => rules.find(([, holds]) => holds(search, settings))?.[0];

/** Right Finish leaves, distinct by the text of their whole chain. A Finish with a value below `gateLow` is wrong; one without a value (below a node that has none) does not count. */
export function correctLeaves(nodes: readonly Node[], gateLow: number): number {
  const texts = new Set<string>();
  nodes.forEach((node, index) => { if (node.action === 'finish' && node.value !== null && node.value >= gateLow) texts.add(stepsTo(nodes, index).join(STEP_SEPARATOR)); });
  return texts.size;
}
