import { Bool, Field, Float64, Int32, Int64, List, Schema, Struct, Utf8, type DataType } from 'apache-arrow';
import type { TableKind } from './kinds.ts';

// Every column is declared nullable because that is what DuckDB writes: the Parquet files, the Arrow files and this schema then have identical types
// in every reader. Only the elements of `rights` and `simulations` ever are null (a Finish has no simulation of its own); toRecordBatch sees to it.
const field = (name: string, type: DataType): Field => new Field(name, type, true);
const listOf = (type: DataType): List => new List(field('element', type));

const text = (): DataType => new Utf8();
const count = (): DataType => new Int32();
const message = (): DataType => new Struct([field('role', text()), field('content', text())]);

// what all kinds have
const frame = (): readonly Field[] => [
  field('ordinal', count()), field('dataset', text()), field('split', text()), field('role', text()), field('benchmark', new Bool()),
  field('run', text()), field('recipe', text()), field('labels_recipe', text()), field('labels_hash', text()), field('settings_hash', text()), field('seed', new Int64()),
  field('policy_model', text()), field('policy_revision', text()), field('stepping', text()), field('reflects', count()), field('gold', text()),
];

const chain = (): readonly Field[] => [
  field('id', text()), field('question_id', text()), field('tree_id', text()), field('leaf_id', text()), ...frame(), field('unsimulated', count()), field('final_answer', text()),
  field('node_ids', listOf(text())), field('request_ids', listOf(text())),
];

const pair = (): readonly Field[] => [
  field('pair_kind', text()), field('gap', new Float64()), field('chosen_value', new Float64()), field('rejected_value', new Float64()), field('chosen_depth', count()), field('rejected_depth', count()),
  field('chosen_answer', text()), field('rejected_answer', text()), field('id', text()), field('question_id', text()), field('tree_id', text()), field('chosen_id', text()), field('rejected_id', text()), ...frame(),
  field('chosen_node_ids', listOf(text())), field('rejected_node_ids', listOf(text())), field('chosen_request_ids', listOf(text())), field('rejected_request_ids', listOf(text())),
];

const columns: { readonly [Kind in TableKind]: () => readonly Field[] } = {
  sft: () => [field('prompt', listOf(message())), field('completion', listOf(message())), field('min_value', new Float64()), ...chain()],
  prm: () => [
    field('prompt', text()), field('completions', listOf(text())), field('labels', listOf(new Bool())), field('targets', listOf(new Float64())), field('values', listOf(new Float64())),
    field('visits', listOf(count())), field('rights', listOf(count())), field('simulations', listOf(count())), field('polarity', text()), ...chain(),
  ],
  preference: () => [field('prompt', listOf(message())), field('chosen', listOf(message())), field('rejected', listOf(message())), ...pair()],
  preference_steps: () => [field('prompt', listOf(message())), field('chosen', text()), field('rejected', text()), ...pair()],
};

/** Where a row comes from: its trajectory's place in the topic `trajectories`, and the attempt of its tree. Kept in parts and in lineage/, never in a sealed data file (law 9). */
export interface Lineage { readonly partition: number; readonly offset: number; readonly attempt: number }

const lineageColumns = (): readonly Field[] => [field('lineage_partition', count()), field('lineage_offset', new Int64()), field('lineage_attempt', count())];

/** The declared columns of a sealed file of this kind; `metadata` becomes the schema's key-value metadata. */
export const arrowSchemaOf = (kind: TableKind, metadata: ReadonlyMap<string, string> = new Map()): Schema => new Schema([...columns[kind]()], new Map(metadata));

/** The declared columns of a part: those of the sealed file, then lineage_partition, lineage_offset and lineage_attempt. */
export const partSchemaOf = (kind: TableKind): Schema => new Schema([...columns[kind](), ...lineageColumns()]);

/** Whether nulls may stand at this path: only inside these two lists. */
export const nullableElements: ReadonlySet<string> = new Set(['rights', 'simulations']);
