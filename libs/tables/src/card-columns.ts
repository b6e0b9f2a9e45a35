import { DataType, type Field } from 'apache-arrow';
import { arrowSchemaOf } from './arrow-schema.ts';
import type { TableKind } from './kinds.ts';

const shared: { readonly [column: string]: string } = {
  id: 'question/tree/leaf', question_id: 'data set/split/id of the question', tree_id: 'search tree: hash of run, question and attempt', leaf_id: 'last node of the chain', ordinal: 'place among the chains of its tree',
  dataset: 'data set of the question', split: 'split of the question', role: 'role of that data set', benchmark: 'true: never train on this row', run: 'hash of seed, recipe, settings and model', recipe: 'search recipe',
  labels_recipe: 'label recipe', settings_hash: 'hash of all settings that shape a tree', seed: 'seed of the tree', policy_model: 'model that wrote the steps', policy_revision: 'its exact weights',
  final_answer: 'the answer of the chain, normalised', gold: 'the right answer', node_ids: 'nodes of the steps', request_ids: 'model requests the steps come from',
};

const described: { readonly [Kind in TableKind]: { readonly [column: string]: string } } = {
  sft: { ...shared, prompt: 'one user turn: the question', completion: 'one assistant turn: all steps of a right chain', min_value: 'the lowest value of its steps, Step 0 apart, 0..1' },
  prm: {
    ...shared, prompt: 'question, blank line, Step 0', completions: 'Step 1 to the last; a blank line separates steps', labels: 'right or wrong, one a step', values: 'soft label, 0..1, one a step',
    visits: 'visits of the node in the search, one a step', rights: 'right completions of the simulation from this step; null for a last step', simulations: 'completions of that simulation; null for a last step',
    polarity: 'positive: the chain ends right',
  },
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
