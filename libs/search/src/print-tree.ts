import type { TreeNode, TreeRecord } from '@slowthink/records';

const textCharsMax = 72;

/** A closed tree as text, children below their parent: id, action, value, visits, right/n of the own simulation, verdict of a Finish, head of the text. */
export function printTree(record: TreeRecord): string {
  const childrenOf = Map.groupBy(record.nodes, ({ parentId }) => parentId);
  const right = record.nodes.filter(({ verdict, action }) => action === 'finish' && verdict?.status === 'right').length;
  const lines = [`${record.questionId}  tree ${record.treeId}  ${record.status} (${record.stop})  ${record.nodes.length} nodes, ${right} right leaves, ${record.usage.requests} policy and rollout requests`];
  const print = (node: TreeNode): void => {
    lines.push(`${'  '.repeat(node.depth)}${node.id}  ${node.forced ? 'forced ' : ''}${node.action}  ${numbers(node)}  ${shorten(node.text)}`.trimEnd());
    for (const child of childrenOf.get(node.id) ?? []) print(child);
  };
  for (const root of childrenOf.get(null) ?? []) print(root);
  return lines.join('\n');
}

function numbers({ action, outcome, value, visits, right, simulations, verdict }: TreeNode): string {
  if (outcome === 'failed') return 'failed';
  const simulation = right === null || simulations === null ? '' : `  ${right}/${simulations} right`;
  const judged = action === 'finish' && verdict !== undefined ? `  ${verdict.status} (${verdict.answer})` : '';
  return `${value === null ? 'no value' : `v ${Number(value.toFixed(4))}`}  n ${visits}${simulation}${judged}`;
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= textCharsMax ? line : `${characters.slice(0, textCharsMax - 1).join('')}…`;
}
