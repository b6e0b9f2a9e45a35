import type { SearchSettings } from '@slowthink/records';
import type { Node } from './tree.ts';

/**
 * Backs one new node up, in place in an array the caller owns: n += 1 on its path, the new node first, then each ancestor up to the root.
 *
 *   comp: v <- 1/2 (v + sum_ch n_ch v_ch / sum_ch n_ch)      mean: v <- sum_ch n_ch v_ch / sum_ch n_ch
 *
 * The sums run over the children backed up so far, so the order of calls is part of the method (arXiv 2501.12051, section 3.1, backpropagation; meds3 example:
 * root with children 0.4, 0.6, 0 in this order has v = 0.2, 0.35, 0.341667). Cost: depth x children.
 */
export function backUp(nodes: Node[], index: number, value: number, rule: SearchSettings['backup']): void {
  nodes[index] = { ...nodes[index]!, value, visits: 1 };
  for (let at = nodes[index]!.parent; at >= 0; at = nodes[at]!.parent) {
    const node = nodes[at]!;
    const mean = meanOfChildren(nodes, node);
    nodes[at] = { ...node, visits: node.visits + 1, value: rule === 'mean' ? mean : (node.value! + mean) / 2 };
  }
}

function meanOfChildren(nodes: readonly Node[], node: Node): number {
  let visits = 0;
  let sum = 0;
  for (const child of node.children) {
    const { value, visits: n } = nodes[child]!;
    if (value === null) continue;
    visits += n;
    sum += n * value;
  }
  return sum / visits;
}
