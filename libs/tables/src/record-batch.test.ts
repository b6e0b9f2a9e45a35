import { describe, expect, it } from 'vitest';
import { FaultError } from '@slowthink/faults';
import { arrowSchemaOf, partSchemaOf } from './arrow-schema.ts';
import { rowsOf } from './batch-rows.ts';
import { tableKinds } from './kinds.ts';
import { toRecordBatch } from './record-batch.ts';
import { lineageOf, preferenceRow, preferenceStepsRow, prmRow, sftRow } from './sample-rows.ts';

const faultOf = (work: () => unknown): FaultError => { try { work(); } catch (error) { if (error instanceof FaultError) return error; throw error; } throw new Error('no fault'); };

describe('record batch', () => {
  it('holds the rows and their lineage under the declared schema', () => {
    const rows = [prmRow({ question: 1 }), prmRow({ question: 2, ordinal: 1 }, { completions: [], labels: [], targets: [], values: [], visits: [], rights: [], simulations: [] })];
    const batch = toRecordBatch('prm', rows, [{ partition: 3, offset: 2 ** 40, attempt: 2 }, { partition: 3, offset: 9, attempt: 1 }]);
    expect(batch.schema.fields.map(String)).toEqual(partSchemaOf('prm').fields.map(String));
    expect([...rowsOf(batch)]).toEqual(rows.map((row, index) => ({ ...row, seed: BigInt(row.seed), lineage_partition: 3, lineage_offset: [2n ** 40n, 9n][index], lineage_attempt: [2, 1][index] })));
  });

  it('reads sliced batches from their first row', () => {
    const rows = Array.from({ length: 20 }, (_, question) => prmRow({ question }, { labels: [question % 3 === 0, question % 2 === 0], benchmark: question % 5 === 0 }));
    const batch = toRecordBatch('prm', rows, lineageOf(20));
    const slice = [...rowsOf(batch.slice(7, 15))];
    expect(slice).toEqual([...rowsOf(batch)].slice(7, 15));
    expect(slice.map((row) => row['labels'])).toEqual(rows.slice(7, 15).map((row) => row.labels));
  });

  it('keeps strings byte for byte and turns -0 into 0', () => {
    const strings = ['', '\uFEFFbom', 'a\0b', '🧠 naïve', '"\'\n\r\t'];
    const [row] = rowsOf(toRecordBatch('prm', [prmRow({ question: 1 }, { node_ids: strings, request_ids: strings, values: [-0, 5e-324] })], lineageOf(1)));
    expect(row!['node_ids']).toEqual(strings);
    expect(row!['values']).toEqual([0, 5e-324]);
  });

  it.each([
    ['lists of different lengths', () => prmRow({ question: 1 }, { labels: [true] }), '2 completions and 1 labels'],
    ['a value above 1', () => prmRow({ question: 1 }, { values: [0.5, 1.5] }), 'a value is 1.5, not in 0..1'],
    ['a target above 1', () => prmRow({ question: 1 }, { targets: [0.5, 1.5] }), 'a target is 1.5, not in 0..1'],
    ['a missing target', () => prmRow({ question: 1 }, { targets: [1] }), '2 completions and 1 targets'],
    ['a value that is no number', () => prmRow({ question: 1 }, { values: [0.5, Number.NaN] }), '/values/1 must be number'],
    ['a missing column', () => ({ ...prmRow({ question: 1 }), gold: undefined as unknown as string }), "must have required property 'gold'"],
    ['ids that do not pair up', () => prmRow({ question: 1 }, { request_ids: [] }), '2 node_ids and 0 request_ids'],
    ['a count that the column cannot hold', () => prmRow({ question: 1 }, { visits: [1, 2 ** 31] }), 'visits holds 2147483648'],
  ])('refuses %s and names row and field', (_, row, message) => {
    const fault = faultOf(() => toRecordBatch('prm', [row()], lineageOf(1)));
    expect([fault.code, fault.message]).toEqual(['RECORD_INVALID', expect.stringContaining(message)]);
    expect(fault.message).toContain('med/train/1/t1-0/0.0');
  });

  it('refuses a minimum outside 0..1', () => {
    expect(faultOf(() => toRecordBatch('sft', [sftRow({ question: 1 }, { min_value: -0.1 })], lineageOf(1))).message).toContain('min_value is -0.1');
  });

  it('refuses a pair whose ids do not pair up, or whose gap is outside 0..1', () => {
    expect(faultOf(() => toRecordBatch('preference', [preferenceRow({ question: 1 }, { rejected_request_ids: [] })], lineageOf(1))).message).toContain('2 rejected_node_ids and 0 rejected_request_ids');
    expect(faultOf(() => toRecordBatch('preference_steps', [preferenceStepsRow({ question: 1 }, { gap: 1.5 })], lineageOf(1))).message).toContain('gap is 1.5');
  });

  it('declares the same columns for a sealed file without lineage', () => {
    for (const kind of tableKinds) expect(partSchemaOf(kind).fields.slice(0, -3).map(String)).toEqual(arrowSchemaOf(kind).fields.map(String));
  });
});
