import type { Selection, TreeNode, TreeRecord } from '@slowthink/records';

const textCharsMax = 72;

export interface PrintOptions {
  /** Whole step texts, on lines of their own, instead of their heads. Default false. */
  readonly full?: boolean;
}

/**
 * A closed tree as text, children below their parent: id, action, value, visits, right/n of the own simulation, verdict, text; below a node that was expanded, when, why and how:
 * "expansion 2, wave 2: UCB 2.6963 over 2.4963; the policy chose for each child". With several levels the scores stand from the root down.
 */
export function printTree(record: TreeRecord, { full = false }: PrintOptions = {}): string {
  const childrenOf = Map.groupBy(record.nodes, ({ parentId }) => parentId);
  const selectionsOf = Map.groupBy(record.selections, ({ nodeId }) => nodeId);
  const right = record.nodes.filter(({ verdict, action }) => action === 'finish' && verdict?.status === 'right').length;
  const lines = [`${record.questionId}  tree ${record.treeId}  ${record.status} (${record.stop})  ${record.nodes.length} nodes, ${right} right leaves, ${record.usage.requests} policy and rollout requests`];
  const print = (node: TreeNode): void => {
    const indent = '  '.repeat(node.depth);
    lines.push(`${indent}${node.id}  ${node.forced ? 'forced ' : ''}${actionText(node, childrenOf.get(node.id) ?? [])}  ${numbers(node)}  ${full ? '' : shorten(node.text)}`.trimEnd());
    if (full) lines.push(...node.text.split('\n').map((line) => `${indent}    ${line}`));
    for (const selection of selectionsOf.get(node.id) ?? []) lines.push(`${indent}    ${whyText(selection)}`);
    for (const child of childrenOf.get(node.id) ?? []) print(child);
  };
  for (const root of childrenOf.get(null) ?? []) print(root);
  return lines.join('\n');
}

/** What the node is, and what was asked for where that is something else; the steps of a Finish before its last are Reason nodes anyway. */
function actionText({ action, asked, refined, expansion }: TreeNode, children: readonly TreeNode[]): string {
  if (refined) return 'reason (a refined finish)';
  const inner = children.some((child) => child.expansion === expansion);
  return asked === action || inner ? action : `${action} (asked for ${asked})`;
}

function numbers({ action, refined, outcome, value, visits, right, simulations, verdict }: TreeNode): string {
  if (outcome === 'failed') return 'failed';
  const simulation = right === null || simulations === null ? '' : `  ${right}/${simulations} right`;
  const judged = (action === 'finish' || refined) && verdict !== undefined ? `  ${verdict.status} (${verdict.answer})` : '';
  return `${value === null ? 'no value' : `v ${rounded(value)}`}  n ${visits}${simulation}${judged}`;
}

const because: { readonly [Rule in Selection['rule']]: (selection: Selection) => string } = {
  root: () => 'the root is always expanded',
  ucb: ({ path }) => `UCB ${path.map(({ score, runnerUp }) => `${rounded(score)} ${runnerUp === null ? '(no other)' : `over ${rounded(runnerUp)}`}`).join(', then ')}`,
  forced: () => 'left open by the search',
};

const done: { readonly [How in Selection['how']]: string } = { reason: 'Reason children', ask: 'the policy chose for each child', finish: 'one Finish', reflect: 'one Reflect' };

const whyText = (selection: Selection): string => `expansion ${selection.expansion}, wave ${selection.wave}: ${because[selection.rule](selection)}; ${done[selection.how]}`;

const rounded = (value: number): number => Number(value.toFixed(4));

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= textCharsMax ? line : `${characters.slice(0, textCharsMax - 1).join('')}…`;
}
