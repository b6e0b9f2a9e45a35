// Rows for tests: every column filled, nothing random.
import type { PartRecord, PrmRow, SftRow } from '@slowthink/records';
import type { Lineage } from './arrow-schema.ts';
import { toRecordBatch } from './record-batch.ts';
import { writePart } from './write-part.ts';

export interface Place { readonly question: number; readonly tree?: number; readonly ordinal?: number; readonly benchmark?: boolean }

const ids = ({ question, tree = 0, ordinal = 0, benchmark = false }: Place): Omit<SftRow, 'prompt' | 'completion' | 'min_value'> => ({
  id: `med/train/${question}/t${question}-${tree}/0.${ordinal}`, question_id: `med/train/${question}`, tree_id: `t${question}-${tree}`, leaf_id: `0.${ordinal}`, ordinal,
  dataset: 'med', split: benchmark ? 'test' : 'train', role: benchmark ? 'benchmark' : 'train', benchmark, run: 'run1', recipe: 'laptop', labels_recipe: 'soft', settings_hash: 'abc', seed: 1_073_741_823 + question,
  policy_model: 'tiny', policy_revision: 'r1', final_answer: 'B', gold: 'A', node_ids: ['0.0', `0.${ordinal}`], request_ids: [`q${question}-1`, `q${question}-2`],
});

export const sftRow = (place: Place, changes: Partial<SftRow> = {}): SftRow => ({
  ...ids(place), prompt: [{ role: 'user', content: `Question ${place.question}?` }], completion: [{ role: 'assistant', content: `Step 0: Let's think.\n\nStep 1: The answer is B.` }], min_value: 0.25, ...changes,
});

export const prmRow = (place: Place, changes: Partial<PrmRow> = {}): PrmRow => ({
  ...ids(place), prompt: `Question ${place.question}?\n\nStep 0: Let's think.`, completions: ['Step 1: Look.', 'Step 2: The answer is B.'], labels: [true, false], values: [0.75, 0], visits: [9, 4],
  rights: [3, null], simulations: [4, null], polarity: 'negative', ...changes,
});

export const lineageOf = (count: number, first = 0, partition = 0): readonly Lineage[] => Array.from({ length: count }, (_, index) => ({ partition, offset: first + index, attempt: 1 }));

/** Writes rows as one part of partition `partition` that begins at offset `first`. */
export const writeSft = (folder: string, rows: readonly SftRow[], first = 0, partition = 0): Promise<PartRecord> =>
  writePart({ folder, kind: 'sft', partition, firstOffset: first, lastOffset: first + rows.length - 1, labels: 'soft', batch: toRecordBatch('sft', rows, lineageOf(rows.length, first, partition)) });

export const writePrm = (folder: string, rows: readonly PrmRow[], first = 0, partition = 0): Promise<PartRecord> =>
  writePart({ folder, kind: 'prm', partition, firstOffset: first, lastOffset: first + rows.length - 1, labels: 'soft', batch: toRecordBatch('prm', rows, lineageOf(rows.length, first, partition)) });
