// The requests that made a closed tree, written again from its record: selections say what was asked where, nodes what came back.
import { choicePrompt, finishPrompt, reasonPrompt, reflectPrompt, rolloutPrompt } from '@slowthink/prompts';
import type { TreeNode, TreeRecord } from '@slowthink/records';

export type RequestKind = 'choose' | 'reason' | 'finish' | 'reflect' | 'rollout';
export const requestKinds: readonly RequestKind[] = ['choose', 'reason', 'finish', 'reflect', 'rollout'];

/** One request to the policy: its prompt in two parts, and how many samples were drawn of it. */
export interface TreeRequest {
  readonly kind: RequestKind;
  readonly nodeId: string; // the node whose chain is continued
  readonly head: string; // instruction, example and question: the same for all requests of a question but for the last words
  readonly steps: string; // the steps so far and what stands behind them
  readonly n: number;
}

const writers = { choose: choicePrompt, reason: reasonPrompt, finish: finishPrompt, reflect: reflectPrompt, rollout: rolloutPrompt } as const;

/**
 * In the order in which one search asks them: the expansions, each with its choice before its children and their rollouts behind them. Failed requests and second rounds of adaptive simulation are not in it.
 * The prompts are those of libs/prompts; turns are joined by blank lines, as no chat template is known here.
 */
export function requestsOfTree(tree: TreeRecord): readonly TreeRequest[] {
  const nodes = new Map(tree.nodes.map((node) => [node.id, node]));
  const ofExpansion = Map.groupBy(tree.nodes, ({ expansion }) => expansion);
  const { prompting, stepping, thinking } = tree.search;
  const request = (kind: RequestKind, at: TreeNode, n: number): TreeRequest => {
    const { messages, prefix } = writers[kind]({ prompt: tree.prompt, steps: chainOf(nodes, at), prompting, stepping, thinking });
    const turns = messages.map(({ content }) => content);
    const head = kind === 'choose' ? turns.slice(0, -2) : turns; // a choice has the steps as a turn of their own, and the question behind it
    return { kind, nodeId: at.id, head: `${head.join('\n\n')}\n\n`, steps: kind === 'choose' ? turns.slice(-2).join('\n\n') : prefix, n };
  };
  return tree.selections.flatMap(({ expansion, nodeId, how }) => {
    const parent = nodes.get(nodeId)!;
    const made = ofExpansion.get(expansion) ?? [];
    const children = made.filter(({ parentId }) => parentId === nodeId);
    const asked = (['reason', 'finish', 'reflect'] as const).map((kind) => [kind, children.filter((child) => child.asked === kind).length] as const).filter(([, n]) => n > 0);
    return [
      ...(how === 'ask' ? [request('choose', parent, children.length)] : []),
      ...asked.map(([kind, n]) => request(kind, parent, n)),
      ...made.filter(({ simulations }) => (simulations ?? 0) > 0).map((node) => request('rollout', node, node.simulations!)),
    ];
  });
}

/** Step texts from Step 0 to a node. */
function chainOf(nodes: ReadonlyMap<string, TreeNode>, to: TreeNode): readonly string[] {
  const chain: string[] = [];
  for (let at: TreeNode | undefined = to; at !== undefined; at = at.parentId === null ? undefined : nodes.get(at.parentId)) chain.unshift(at.text);
  return chain;
}
