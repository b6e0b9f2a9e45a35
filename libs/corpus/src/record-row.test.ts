import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gold, QuestionRecord } from '@slowthink/records';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readCorpus, type CorpusItem, type CorpusRequest } from './read-corpus.ts';

const folder = mkdtempSync(join(tmpdir(), 'slowthink-records-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(rows: readonly object[], some: Partial<CorpusRequest> = {}): Promise<readonly CorpusItem[]> {
  const path = join(folder, 'curriculum.jsonl');
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const items: CorpusItem[] = [];
  for await (const item of readCorpus({ paths: [path], ...some })) items.push(item);
  return items;
}
const questionsOf = (items: readonly CorpusItem[]): readonly QuestionRecord[] => items.flatMap((item) => (item.kind === 'question' ? [item.question] : []));
const faultsOf = (items: readonly CorpusItem[]) => items.flatMap((item) => (item.kind === 'fault' ? [{ code: item.fault.code, message: item.fault.message, key: item.key }] : []));

const question: QuestionRecord = { type: 'question', v: 1, id: 'made/dev/a/1', dataset: 'made', split: 'dev', role: 'dev', attempt: 1, prompt: { text: 'How much?' }, gold: { kind: 'number', answer: 5, unit: 'mg', tolerance: 0 } };
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((one) => one.isWellFormed());
const texts = fc.array(text, { minLength: 2, maxLength: 5 });
const digit = fc.constantFrom(...'0123456789');
const golds: readonly fc.Arbitrary<Gold>[] = [
  texts.chain((all) => fc.nat({ max: all.length - 1 }).map((right): Gold => ({ kind: 'choice', answer: 'ABCDE'[right]!, options: all.map((one, at) => ({ letter: 'ABCDE'[at]!, text: one })) }))),
  fc.constantFrom('yes' as const, 'no' as const, 'maybe' as const).map((answer): Gold => ({ kind: 'yes-no-maybe', answer })),
  fc.record({ answer: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)), unit: text, tolerance: fc.constantFrom(0, 0.05, 1), lower: fc.integer(), upper: fc.integer() }).map((one): Gold => ({ kind: 'number', ...one })),
  fc.record({ answer: text, options: texts }).map((one): Gold => ({ kind: 'text', ...one })),
  fc.record({ answer: digit, classes: fc.array(fc.record({ digit, text }), { minLength: 2, maxLength: 4 }) }).map((one): Gold => ({ kind: 'digit', ...one })),
  fc.record({ answer: text, alternatives: texts }).map((one): Gold => ({ kind: 'span', ...one })),
  fc.record({ answer: text, names: texts, alternatives: texts }).map((one): Gold => ({ kind: 'name', ...one })),
  text.map((answer): Gold => ({ kind: 'open', answer })),
];
const record: fc.Arbitrary<QuestionRecord> = fc.record({ name: fc.stringMatching(/^[a-z]{1,5}$/), split: fc.constantFrom('train', 'dev', 'test'), id: text, role: fc.constantFrom('train' as const, 'dev' as const, 'benchmark' as const), words: text, history: fc.option(fc.array(fc.record({ role: fc.constantFrom('user' as const, 'assistant' as const), content: text }), { maxLength: 3 }), { nil: undefined }), gold: fc.oneof(...golds) })
  .map(({ name, split, id, role, words, history, gold }) => ({ type: 'question', v: 1, id: `${name}/${split}/${id}`, dataset: name, split, role, attempt: 1, prompt: { text: words, ...(history ? { history } : {}) }, gold }));

describe('a file of question records', () => {
  it('gives every question back as it was, with every kind of gold, its own id, data set, split and role, whatever other columns stand beside', async () => {
    await fc.assert(fc.asyncProperty(fc.uniqueArray(record, { selector: ({ id }) => id, minLength: 1, maxLength: 12 }), async (records) => {
      const items = await read(records.map((one, at) => ({ ...one, right: at, n: 8, none: 0, hardness: 1 - at / 8 })), { dataset: 'other', split: 'other' });
      expect(questionsOf(items)).toEqual(records);
      expect(items[0]).toMatchObject({ kind: 'file', ownNames: true });
    }), { numRuns: 60 });
  });

  it('begins a question again with its first attempt', async () => {
    expect(questionsOf(await read([{ ...question, attempt: 3 }]))).toEqual([question]);
  });

  it('keeps benchmark questions benchmark questions, and says so once', async () => {
    const items = await read([question, { ...question, id: 'made/dev/2', role: 'benchmark' }, { ...question, id: 'made/dev/3', role: 'benchmark' }], { role: 'train' });
    expect(questionsOf(items).map(({ role }) => role)).toEqual(['dev', 'benchmark', 'benchmark']);
    expect(items.filter((item) => item.kind === 'warning' && item.code === 'BENCHMARK_ROWS')).toEqual([expect.objectContaining({ message: expect.stringMatching(/holds benchmark questions \(the first is made\/dev\/2\): their rows are sealed only with --allow-benchmark/) as string })]);
  });

  it('makes a row that is no valid record a fault that names the row, its question and the field; the others are taken', async () => {
    const items = await read([question, { ...question, id: 'made/dev/2', gold: { kind: 'number', answer: 'five', unit: '', tolerance: 0 } }, { ...question, id: 'elsewhere/dev/3' }, { ...question, id: 'made/dev/4', prompt: { text: 'half a pair \ud800' } }, question]);
    expect(questionsOf(items)).toEqual([question]);
    expect(faultsOf(items)).toEqual([
      { code: 'QUESTION_ROW_INVALID', key: 'made/dev/2', message: expect.stringMatching(/^The row on line 2 is no question record: .*gold/) as string },
      { code: 'QUESTION_ROW_INVALID', key: 'elsewhere/dev/3', message: expect.stringContaining('does not begin with its data set and split, made/dev/') as string },
      { code: 'QUESTION_ENCODING', key: 'made/dev/4', message: expect.stringContaining('half a surrogate pair') as string },
      { code: 'QUESTION_DUPLICATE', key: 'made/dev/a/1', message: expect.any(String) as string },
    ]);
  });

  it('is read by a mapping where one is given: columns come first', async () => {
    const [one] = questionsOf(await read([question], { mapping: { question: { column: 'prompt.text' }, answer: { column: 'gold.answer' }, kind: { literal: 'number' } } }));
    expect(one).toMatchObject({ id: 'curriculum/train/row-1', prompt: question.prompt, gold: { kind: 'number', answer: 5, unit: '', tolerance: 0.01 } });
  });
});
