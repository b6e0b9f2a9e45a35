import { DataType, type Field } from 'apache-arrow';
import { arrowSchemaOf } from './arrow-schema.ts';
import type { TableKind } from './kinds.ts';

interface Meanings { readonly [column: string]: string }

const shared: Meanings = {
  question_id: 'data set/split/id of the question', tree_id: 'search tree: hash of run, question and attempt',
  dataset: 'data set of the question', split: 'split of the question', role: 'role of that data set', benchmark: 'true: never train on this row', run: 'hash of seed, recipe, settings and model', recipe: 'search recipe',
  labels_recipe: 'label recipe', labels_hash: 'hash of all label settings', settings_hash: 'hash of all settings that shape a tree', seed: 'seed of the tree', policy_model: 'model that wrote the steps', policy_revision: 'its exact weights',
  stepping: 'how steps are written: marked ("Step k: …") or paragraph', gold: 'the right answer',
};

const chain: Meanings = {
  ...shared, id: 'question/tree/leaf', leaf_id: 'last node of the chain', ordinal: 'place among the chains of its tree', final_answer: 'the answer of the chain, normalised', node_ids: 'nodes of the steps', request_ids: 'model requests the steps come from',
  reflects: 'Reflect steps in the chain; above 0 the place of such a step may have been chosen by gold', unsimulated: 'steps whose value was inherited from an earlier step, since their own simulation gave none',
};

const pair: Meanings = {
  ...shared, id: 'question/tree/chosen node/rejected node', chosen_id: 'last node of chosen', rejected_id: 'last node of rejected', ordinal: 'place among the pairs of its tree, widest gap first',
  pair_kind: 'level: same depth below different parents; siblings: best and worst child of one parent; leaf: a right and a wrong chain', gap: 'chosen_value minus rejected_value',
  chosen_value: 'value of the last step, 0..1; for leaf pairs the lowest of the chain', rejected_value: 'the same of rejected', chosen_depth: 'steps of chosen, Step 0 apart', rejected_depth: 'steps of rejected',
  chosen_answer: 'its answer, normalised; empty where it is not finished', rejected_answer: 'the same of rejected', reflects: 'Reflect steps among the nodes of both; above 0 the place of such a step may have been chosen by gold',
  chosen_node_ids: 'nodes of the steps of chosen', rejected_node_ids: 'nodes of the steps of rejected', chosen_request_ids: 'model requests they come from', rejected_request_ids: 'model requests they come from',
};

const described: { readonly [Kind in TableKind]: Meanings } = {
  sft: { ...chain, prompt: 'the question: one user turn, or a conversation that ends with one', completion: 'one assistant turn: all steps of a right chain', min_value: 'the lowest value of its steps, Step 0 apart, 0..1' },
  prm: {
    ...chain, prompt: 'question, blank line, Step 0', completions: 'Step 1 to the last; a blank line separates steps', labels: 'right or wrong, one a step', targets: 'what the label recipe trains on, 0..1, one a step',
    values: 'value of the step in its tree, 0..1, whatever the recipe', visits: 'visits of the node in the search, one a step', rights: 'right completions of the simulation from this step; null where there was none, as for a last step',
    simulations: 'completions of that simulation; null where there was none', polarity: 'positive: the chain ends right',
  },
  preference: { ...pair, prompt: 'the question: one user turn, or a conversation that ends with one', chosen: 'one assistant turn: the better finished chain', rejected: 'one assistant turn: the worse finished chain' },
  preference_steps: { ...pair, prompt: 'the question: one user turn, or a conversation that ends with one', chosen: 'Step 0 to the better step and a blank line: the turn goes on', rejected: 'Step 0 to the worse step and a blank line: the turn goes on' },
};

/** Markdown table of a kind's columns: name, type, meaning. Every declared column has a meaning. */
export function columnTable(kind: TableKind): string {
  const lines = arrowSchemaOf(kind).fields.map((field) => `| \`${field.name}\` | ${typeText(field.type)} | ${meaningOf(kind, field.name)} |`);
  return ['| column | type | what |', '|---|---|---|', ...lines].join('\n');
}

function meaningOf(kind: TableKind, column: string): string {
  const meaning = described[kind][column];
  if (meaning === undefined) throw new TypeError(`column ${column} of ${kind} has no description`);
  return meaning;
}

function typeText(type: DataType): string {
  if (DataType.isList(type)) return `list of ${typeText(type.children[0]!.type)}`;
  return DataType.isStruct(type) ? `{${type.children.map((child) => child.name).join(', ')}}` : featureType(type);
}

/** A column as the `features` of a card spell it. */
export function featureYaml({ name, type }: Field): string {
  if (!DataType.isList(type)) return `{name: ${name}, dtype: ${featureType(type)}}`;
  const item = type.children[0]!.type;
  if (!DataType.isStruct(item)) return `{name: ${name}, list: ${featureType(item)}}`;
  return `{name: ${name}, list: [${item.children.map(featureYaml).join(', ')}]}`;
}

function featureType(type: DataType): string {
  if (DataType.isUtf8(type)) return 'string';
  if (DataType.isBool(type)) return 'bool';
  if (DataType.isFloat(type)) return 'float64';
  if (DataType.isInt(type)) return `int${type.bitWidth}`;
  throw new TypeError(`no feature type for ${String(type)}`);
}
