// Rows for tests: every column filled, nothing random.
import type { PartRecord, PreferenceRow, PreferenceStepsRow, PrmRow, SftRow } from '@slowthink/records';
import type { Lineage } from './arrow-schema.ts';
import type { RowOf, TableKind } from './kinds.ts';
import { toRecordBatch } from './record-batch.ts';
import { writePart } from './write-part.ts';

export interface Place { readonly question: number; readonly tree?: number; readonly ordinal?: number; readonly benchmark?: boolean }

const ids = ({ question, tree = 0, ordinal = 0, benchmark = false }: Place): Omit<SftRow, 'prompt' | 'completion' | 'min_value'> => ({
  id: `med/train/${question}/t${question}-${tree}/0.${ordinal}`, question_id: `med/train/${question}`, tree_id: `t${question}-${tree}`, leaf_id: `0.${ordinal}`, ordinal,
  dataset: 'med', split: benchmark ? 'test' : 'train', role: benchmark ? 'benchmark' : 'train', benchmark, run: 'run1', recipe: 'laptop', labels_recipe: 'soft', labels_hash: 'def', settings_hash: 'abc', seed: 1_073_741_823 + question,
  policy_model: 'tiny', policy_revision: 'r1', final_answer: 'B', gold: 'A', stepping: 'marked', reflects: 0, unsimulated: 0, node_ids: ['0.0', `0.${ordinal}`], request_ids: [`q${question}-1`, `q${question}-2`],
});

export const sftRow = (place: Place, changes: Partial<SftRow> = {}): SftRow => ({
  ...ids(place), prompt: [{ role: 'user', content: `Question ${place.question}?` }], completion: [{ role: 'assistant', content: `Step 0: Let's think.\n\nStep 1: The answer is B.` }], min_value: 0.25, ...changes,
});

export const prmRow = (place: Place, changes: Partial<PrmRow> = {}): PrmRow => ({
  ...ids(place), prompt: `Question ${place.question}?\n\nStep 0: Let's think.`, completions: ['Step 1: Look.', 'Step 2: The answer is B.'], labels: [true, false], targets: [0.75, 0], values: [0.75, 0], visits: [9, 4],
  rights: [3, null], simulations: [4, null], polarity: 'negative', ...changes,
});

const pair = (place: Place) => {
  const { leaf_id: _leaf, final_answer: _answer, node_ids: nodes, request_ids: requests, unsimulated: _unsimulated, ...shared } = ids(place);
  return {
    ...shared, id: `${shared.id}/0.9`, chosen_id: '0.1', rejected_id: '0.9', pair_kind: 'level', gap: 0.875, chosen_value: 1, rejected_value: 0.125, chosen_depth: 2, rejected_depth: 2, chosen_answer: '', rejected_answer: '',
    chosen_node_ids: nodes, rejected_node_ids: nodes, chosen_request_ids: requests, rejected_request_ids: requests,
  } as const;
};

export const preferenceRow = (place: Place, changes: Partial<PreferenceRow> = {}): PreferenceRow => ({
  ...pair(place), prompt: [{ role: 'user', content: `Question ${place.question}?` }], chosen: [{ role: 'assistant', content: 'Step 0: Think.\n\nStep 1: The answer is A.' }], rejected: [{ role: 'assistant', content: 'Step 0: Think.\n\nStep 1: The answer is B.' }],
  chosen_answer: 'A', rejected_answer: 'B', ...changes,
});

export const preferenceStepsRow = (place: Place, changes: Partial<PreferenceStepsRow> = {}): PreferenceStepsRow => ({
  ...pair(place), prompt: [{ role: 'user', content: `Question ${place.question}?` }], chosen: 'Step 0: Think.\n\nStep 1: Look.\n\n', rejected: 'Step 0: Think.\n\nStep 1: Guess.\n\n', ...changes,
});

export const lineageOf = (count: number, first = 0, partition = 0): readonly Lineage[] => Array.from({ length: count }, (_, index) => ({ partition, offset: first + index, attempt: 1 }));

/** Writes rows as one part of partition `partition` that begins at offset `first`. */
export const writeRows = <Kind extends TableKind>(kind: Kind, folder: string, rows: readonly RowOf[Kind][], first = 0, partition = 0, temporary?: string): Promise<PartRecord> =>
  writePart({ ...(temporary === undefined ? {} : { temporary: () => temporary }), folder, kind, partition, firstOffset: first, lastOffset: first + rows.length - 1, labels: 'soft-1', batch: toRecordBatch(kind, rows, lineageOf(rows.length, first, partition)) });

export const writeSft = (folder: string, rows: readonly SftRow[], first = 0, partition = 0): Promise<PartRecord> => writeRows('sft', folder, rows, first, partition);

export const writePrm = (folder: string, rows: readonly PrmRow[], first = 0, partition = 0, temporary?: string): Promise<PartRecord> => writeRows('prm', folder, rows, first, partition, temporary);
