import type { ExpansionEvent } from '@slowthink/records';
import { chainId, type Arrivals } from './tree.ts';

/** The chains of all children of an expansion, in child order, each from the top down; undefined while any node is still to come. */
export function chainsOf(parentId: string, children: number, arrivals: Arrivals): readonly (readonly ExpansionEvent[])[] | undefined {
  const chains: (readonly ExpansionEvent[])[] = [];
  for (let child = 0; child < children; child += 1) {
    const chain = chainOf(parentId, child, arrivals);
    if (chain === undefined) return undefined;
    chains.push(chain);
  }
  return chains;
}

function chainOf(parentId: string, child: number, { nodes }: Arrivals): readonly ExpansionEvent[] | undefined {
  const head = nodes.get(chainId(parentId, child, 0));
  if (head === undefined) return undefined;
  const chain = Array.from({ length: head.chainLength }, (_, place) => nodes.get(chainId(parentId, child, place)));
  return chain.every((event) => event !== undefined) ? chain : undefined;
}
