import { finishedChains, type Chain, type LabelSettings } from '@slowthink/labels';
import { markStep, questionText } from '@slowthink/prompts';
import { questionIdOf, type Gold, type TreeNode, type TreeRecord } from '@slowthink/records';

/** How the steps of a chain are written: { step, value } as in the first release, or [text, value, simulation] as in the code. */
export const chainForms = ['objects', 'tuples'] as const;
export type ChainForm = (typeof chainForms)[number];

export interface WrittenForm {
  readonly chains: ChainForm;
  /** Whether a text begins with "Step k: ". */
  readonly marks: boolean;
  /** Which chains with a step that has no value are chains, as for rows. */
  readonly unsimulated: LabelSettings['unsimulated'];
}

/** A row as it is written. */
export interface WrittenRow {
  readonly id: string | number;
  readonly question: string;
  readonly pos: readonly (readonly unknown[])[];
  readonly neg: readonly (readonly unknown[])[];
  readonly answer: string | number | boolean;
}

/**
 * A closed tree in the form of MedSSS-data: right chains in pos, wrong ones in neg, in canonical order, of equal texts the first; Step 0 first, with the root's value. Values are the nodes' own, so labels change nothing. A tree
 * without a chain, and a failed one, gives none. A tree that was imported says id, question and answer as its row did; of any other the id is that inside its data set, and the answer the gold.
 */
export function rowOfTree(tree: TreeRecord, form: WrittenForm): WrittenRow | undefined {
  if (tree.status === 'failed') return undefined;
  const chains = finishedChains(tree, form.unsimulated);
  if (chains.length === 0) return undefined;
  const { questionId, dataset, split, prompt, gold, source } = tree;
  const written = (wanted: boolean): WrittenRow['pos'] => chains.filter(({ right }) => right === wanted).map((chain) => chainOf(tree.nodes[0]!, chain, form));
  return { id: source?.id ?? questionId.slice(questionIdOf(dataset, split, '').length), question: source?.question ?? questionText(prompt), pos: written(true), neg: written(false), answer: source?.answer ?? answerOf(gold) };
}

function chainOf(root: TreeNode, { steps }: Chain, { chains, marks }: WrittenForm): readonly unknown[] {
  return [{ node: root, value: root.value }, ...steps].map(({ node, value }, k) => {
    const text = `${marks ? markStep(k) : ''}${node.text}`;
    return chains === 'objects' ? { step: text, value } : [text, value, simulationOf(node)];
  });
}

/** Value of a node's own simulation; null for a root and a Finish, which have none. */
const simulationOf = ({ simulation, right, simulations }: TreeNode): number | null => simulation ?? (right === null || simulations === null || simulations === 0 ? null : right / simulations);

const answerOf = (gold: Gold): string => (gold.kind === 'number' ? `${gold.answer} ${gold.unit}`.trim() : gold.answer);
