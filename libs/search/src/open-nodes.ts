import type { SearchSettings } from '@slowthink/records';
import type { Node } from './tree.ts';

/**
 * Whether each node may lie on a path of selection: an open leaf, or a node above one. An open leaf has a value, lies above `depthMax`, is not in this wave already (`losses`), and is
 * no Finish, or a Finish that may be refined. A node whose children are all closed is closed; so is a node that was expanded in vain (every child failed): the search goes on elsewhere.
 * Children stand after their parents, so one pass forwards and one backwards are enough.
 */
export function openNodes(nodes: readonly Node[], settings: SearchSettings, losses: readonly number[]): readonly boolean[] {
  const { depthMax } = settings;
  const reflects = reflectsAbove(nodes);
  const open = nodes.map((node, index) => node.children.length === 0 && node.value !== null && losses[index] === 0 && (depthMax === null || node.depth < depthMax)
    && (node.action !== 'finish' || mayRefine(node, reflects[index]!, settings)));
  for (let at = nodes.length - 1; at > 0; at -= 1) {
    const { parent } = nodes[at]!;
    if (open[at]) open[parent] = true;
  }
  return open;
}

/**
 * Whether a Finish is not completed yet: with `reflect` wrong, when it is wrong (v < the low gate), with always, whatever it is; and only while fewer than `refinesMax` Reflects stand on
 * its path (arXiv 2501.12051 v4, Reflect: one refine per wrong Finish). Under off and wrong a right Finish is never expanded.
 */
function mayRefine({ value }: Node, reflects: number, { reflect, refinesMax, gateLow }: SearchSettings): boolean {
  return reflect !== 'off' && reflects < refinesMax && (reflect === 'always' || value! < gateLow);
}

/** Reflects from the root to each node, itself included. */
function reflectsAbove(nodes: readonly Node[]): readonly number[] {
  const counts: number[] = [];
  for (const { parent, asked } of nodes) counts.push((counts[parent] ?? 0) + (asked === 'reflect' ? 1 : 0));
  return counts;
}
