// Closed trees of any shape for property tests: no part of the product imports this file.
import type { TreeNode, TreeRecord } from '@slowthink/records';
import fc from 'fast-check';
import { node, treeOf, verdict } from './valued-tree.ts';

const values = [0, 0.05, 0.1, 0.3, 0.5, 0.55, 0.9, 0.95, 1];
const texts = ['Look.', 'Weigh.', 'Rule out A.', 'Compare.'];

/** One node below an earlier one: few values and texts, so that equal ones, gaps and twins are common. A Finish has no children unless it is refined; below a node without a value nothing has one, as the search leaves it. */
interface Growth { readonly parent: number; readonly value: number; readonly text: number; readonly fate: 'reason' | 'reflect' | 'right' | 'wrong' | 'refined' | 'unvalued' | 'failed' }

const growth: fc.Arbitrary<Growth> = fc.record({
  parent: fc.nat({ max: 30 }), value: fc.nat({ max: values.length - 1 }), text: fc.nat({ max: texts.length - 1 }),
  fate: fc.constantFrom('reason', 'reason', 'reason', 'right', 'right', 'wrong', 'wrong', 'reflect', 'refined', 'unvalued', 'failed'),
});

export const randomTree: fc.Arbitrary<TreeRecord> = fc.array(growth, { minLength: 1, maxLength: 40, size: 'max' }).map((growths) => {
  const nodes: TreeNode[] = [];
  const open: TreeNode[] = [node('0', 0, 'Root', 0.5, 1)];
  const children = new Map<string, number>();
  growths.forEach(({ parent, value, text, fate }, at) => {
    const above = open[parent % open.length]!;
    const id = `${above.id}.${children.get(above.id) ?? 0}`;
    children.set(above.id, (children.get(above.id) ?? 0) + 1);
    const isFinish = fate === 'right' || fate === 'wrong';
    const own = fate === 'right' ? 1 : fate === 'wrong' ? 0 : values[value]!;
    const valued = above.value !== null && fate !== 'unvalued' && fate !== 'failed';
    const made = node(id, at + 1, fate === 'failed' ? '' : `${texts[text]!}${isFinish ? ` The answer is ${fate === 'right' ? 'B' : 'A'}.` : ''}`, valued ? own : null, valued ? 1 : 0, {
      action: isFinish ? 'finish' : fate === 'reflect' ? 'reflect' : 'reason', asked: isFinish ? 'finish' : fate === 'reflect' ? 'reflect' : 'reason', refined: fate === 'refined', outcome: fate === 'failed' ? 'failed' : 'ok',
      ...(isFinish || fate === 'refined' ? { verdict: verdict(fate === 'right' ? 'right' : 'wrong', fate === 'right' ? 'B' : 'A') } : {}),
    });
    nodes.push(made);
    if (!isFinish && fate !== 'failed') open.push(made);
  });
  return treeOf(...nodes);
});
