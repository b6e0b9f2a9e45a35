import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { QuestionRecord } from '@slowthink/records';
import { parseMapping } from './mapping.ts';
import { readCorpus, type CorpusItem, type CorpusRequest } from './read-corpus.ts';

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'formats-')); });
afterAll(() => { rmSync(folder, { recursive: true }); });

const file = (name: string, content: string | Buffer): string => { const path = join(folder, name); writeFileSync(path, content); return path; };
const read = async (path: string, request: Partial<CorpusRequest> = {}): Promise<CorpusItem[]> => {
  const items: CorpusItem[] = [];
  for await (const item of readCorpus({ paths: [path], dataset: 'set', ...request })) items.push(item);
  return items;
};
const questions = (items: readonly CorpusItem[]): QuestionRecord[] => items.flatMap((item) => (item.kind === 'question' ? [item.question] : []));
const faults = (items: readonly CorpusItem[]) => items.flatMap((item) => (item.kind === 'fault' ? [`${basename(item.place)} ${item.fault.code} ${item.fault.message}`] : []));
const duck = async (...statements: readonly string[]): Promise<void> => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
};

/** Three questions with everything that formats get wrong: quotes, commas, line ends, letters beyond ASCII. */
const asked = [
  { id: '7', stem: 'A man, 45, says "it\nburns".\r\nWhich drug?', choices: ['Ibuprofen, 400 mg', 'Omeprazole', '"Nothing"'], key: 'B' },
  { id: 'µ-8', stem: 'Fièvre de 39 °C?', choices: ['Paracétamol', 'β-blocker'], key: 'A' },
  { id: '9', stem: 'Third?', choices: ['x', 'y', 'z', 'w'], key: 'D' },
];
const promptOf = ({ stem, choices }: (typeof asked)[number]): string => `${stem}\n${choices.map((text, at) => `${'ABCD'[at]}. ${text}`).join('\n')}`;
const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const sql = (text: string): string => `'${text.replaceAll("'", "''")}'`;

test('reads the same questions from MedSSS JSON, JSONL, CSV and Parquet, whatever form the options have', async () => {
  const parquet = (name: string, settings: string, select: string): Promise<string> => duck(`COPY (${select}) TO ${sql(join(folder, name))} (FORMAT parquet, ${settings})`).then(() => join(folder, name));
  const table = (row: (each: (typeof asked)[number]) => string): string => asked.map((each) => `SELECT ${row(each)}`).join(' UNION ALL ');
  const mapped = parseMapping('question=stem,answer=key,options=a|b|c|d,id=id');
  const wanted = questions(await read(file('q.json', JSON.stringify(asked.map((each) => ({ id: each.id, conversations: [{ from: 'human', value: promptOf(each) }, { from: 'gpt', value: `The answer is ${each.key}.` }], eval: { answer: each.key } })), null, 2))));
  expect(wanted.map((question) => [question.id, question.prompt.text, question.gold.answer])).toEqual(asked.map((each) => [`set/train/${each.id}`, promptOf(each), each.key]));

  const others: readonly (readonly [string, Partial<CorpusRequest>?])[] = [
    [file('q.jsonl', asked.map((each) => JSON.stringify({ id: each.id, question: promptOf(each), answer: each.key })).join('\n'))],
    [file('q-object.jsonl', asked.map((each) => JSON.stringify({ id: each.id, question: each.stem, answer: each.choices['ABCD'.indexOf(each.key)], options: Object.fromEntries(each.choices.map((text, at) => ['ABCD'[at], text])) })).join('\r\n'))],
    [file('q-index.json', JSON.stringify(asked.map((each) => ({ id: each.id, meta: { stem: each.stem }, cop: 'ABCD'.indexOf(each.key), choices: each.choices })))), { mapping: parseMapping('question=meta.stem,answer=cop,options=choices,id=id,kind:choice-from-0') }],
    [file('q.csv', `id,stem,a,b,c,d,key\r\n${asked.map((each) => [each.id, cell(each.stem), ...[0, 1, 2, 3].map((at) => cell(each.choices[at] ?? '')), each.key].join(',')).join('\r\n')}\r\n`), { mapping: mapped }],
    [file('q-semicolon.csv', `id;question;options;answer\n${asked.map((each) => [each.id, cell(each.stem), cell(JSON.stringify(each.choices)), each.key].join(';')).join('\n')}`)],
    [file('q.tsv', `id\tquestion\tanswer\n${asked.map((each) => [each.id, cell(promptOf(each)), each.key].join('\t')).join('\n')}\n`)],
    [await parquet('q-snappy.parquet', 'COMPRESSION snappy', table((each) => `${sql(each.id)} AS id, ${sql(each.stem)} AS question, ${sql(each.key)} AS answer, [${each.choices.map(sql).join(', ')}] AS options`))],
    [await parquet('q-zstd.parquet', 'COMPRESSION zstd', table((each) => `${sql(each.id)} AS id, ${sql(each.stem)} AS stem, ${[0, 1, 2, 3].map((at) => `${each.choices[at] === undefined ? 'NULL' : sql(each.choices[at])} AS ${'abcd'[at]}`).join(', ')}, ${sql(each.key)} AS key`)), { mapping: mapped }],
    [await parquet('q-nested.parquet', 'COMPRESSION gzip', table((each) => `${sql(each.id)} AS id, [{'from': 'human', 'value': ${sql(promptOf(each))}}, {'from': 'gpt', 'value': ${sql(each.key)}}] AS conversations, {'answer': ${sql(each.key)}} AS eval`))],
    [await parquet('q-messages.parquet', 'COMPRESSION zstd', table((each) => `${sql(each.id)} AS id, [{'role': 'user', 'content': ${sql(promptOf(each))}}, {'role': 'assistant', 'content': ${sql(each.key)}}] AS messages, ${sql(each.key)} AS key`)), { mapping: parseMapping('question=messages,answer=key,id=id') }],
    [await parquet('q-struct.parquet', 'COMPRESSION brotli', table((each) => `${sql(each.id)} AS id, {'text': ${sql(each.stem)}, 'key': ${sql(each.key)}} AS q, [${each.choices.map((text, at) => `{'key': ${sql('ABCD'[at]!)}, 'value': ${sql(text)}}`).join(', ')}] AS options`)), { mapping: parseMapping('question=q.text,answer=q.key,options=options,id=id') }],
  ];
  for (const [path, request] of others) expect({ [basename(path)]: questions(await read(path, request)) }).toEqual({ [basename(path)]: wanted });
});

test('reads Parquet numbers as ids and answers, and every row of several row groups once', async () => {
  await duck(`COPY (SELECT i AS id, 'Question ' || i || '?' AS question, i::BIGINT AS answer, 'mg' AS unit FROM range(5000) t(i)) TO ${sql(join(folder, 'groups.parquet'))} (FORMAT parquet, ROW_GROUP_SIZE 2048)`);
  const items = await read(join(folder, 'groups.parquet'));
  expect(questions(items).map((question) => question.id)).toEqual(Array.from({ length: 5000 }, (_, at) => `set/train/${at}`));
  expect(questions(items)[4321]!.gold).toEqual({ kind: 'number', answer: 4321, unit: 'mg', tolerance: 0.01 });
  expect(items.at(-1)).toMatchObject({ place: `${join(folder, 'groups.parquet')}:row 5000` });
});

test('reports a Parquet text that is no UTF-8 and reads the rows around it', async () => {
  await duck(`COPY (SELECT * FROM (VALUES (1, 'Is it?'::BLOB, 'yes'), (2, 'caf\\xE9?'::BLOB, 'no'), (3, 'Is it not?'::BLOB, 'no')) t(id, question, answer)) TO ${sql(join(folder, 'latin.parquet'))} (FORMAT parquet)`);
  const items = await read(join(folder, 'latin.parquet'));
  expect(questions(items).map((question) => question.prompt.text)).toEqual(['Is it?', 'Is it not?']);
  expect(faults(items)).toEqual(['latin.parquet:row 2 QUESTION_ENCODING Row 2 is not UTF-8 in the column "question".']);
});

test('reports an empty Parquet file and a mapping that does not fit its columns', async () => {
  await duck(`COPY (SELECT 'a' AS question, 'b' AS answer LIMIT 0) TO ${sql(join(folder, 'none.parquet'))} (FORMAT parquet)`);
  await expect(read(join(folder, 'none.parquet'))).rejects.toMatchObject({ code: 'QUESTION_FILE_EMPTY' });
  await expect(read(join(folder, 'latin.parquet'), { mapping: parseMapping('question=quest,answer=answer') })).rejects.toMatchObject({ code: 'QUESTION_MAPPING_WRONG', message: expect.stringContaining('has no column "quest". Nearest: "question". Columns: id, question, answer.') });
});

test('loses one line to a CSV quote that does not close, and one row to a wrong number of cells', async () => {
  const items = await read(file('quotes.csv', 'id,question,answer\n1,"Is it?",yes\n2,"never closed,no\n3,"Two\nlines?",no\n4,Is it,yes,really\n5,"shut "early",no\n6,"Last?",maybe\n'));
  expect(questions(items).map((question) => [question.id, question.prompt.text])).toEqual([['set/train/1', 'Is it?'], ['set/train/3', 'Two\nlines?'], ['set/train/6', 'Last?']]);
  expect(faults(items)).toEqual([
    'quotes.csv:3 QUESTION_ROW_INVALID The row on line 3 is not CSV: Quote Not Closed: the parsing is finished with an opening quote.',
    'quotes.csv:6 QUESTION_ROW_INVALID The row on line 6 has 4 cells; the header has 3.',
    'quotes.csv:7 QUESTION_ROW_INVALID The row on line 7 is not CSV: Invalid Closing Quote: got "e" instead of delimiter, record delimiter, trimable character (if activated) or comment.',
  ]);
});

test('goes on after a quote that stays open to the end of the file', async () => {
  const items = await read(file('open.csv', 'id,question,answer\n1,"open,yes\n2,Second?,no\n3,Third?,yes'));
  expect(questions(items).map((question) => question.id)).toEqual(['set/train/2', 'set/train/3']);
  expect(faults(items)).toHaveLength(1);
});

test('refuses a CSV header that is broken or names a column twice', async () => {
  await expect(read(file('twice.csv', 'id,answer,answer\n1,a,b\n'))).rejects.toMatchObject({ code: 'QUESTION_FILE_UNREADABLE', message: expect.stringContaining('names the column "answer" twice') });
  await expect(read(file('header.csv', 'id,"question,answer\n1,a,b\n'))).rejects.toMatchObject({ code: 'QUESTION_FILE_UNREADABLE', message: expect.stringContaining('is not CSV') });
});

const item = (id: number): string => JSON.stringify({ id, question: `Question [${id}] {"\\"}?`, answer: 'yes' });

test('reads a JSON array on one line or over many, with brackets and quotes inside texts', async () => {
  const one = questions(await read(file('line.json', `[${[1, 2, 3].map(item).join(',')}]`)));
  const many = questions(await read(file('many.json', JSON.stringify([1, 2, 3].map((id) => JSON.parse(item(id)) as object), null, 4))));
  expect(one).toHaveLength(3);
  expect(many).toEqual(one);
});

test('loses one item of a JSON array that is not JSON', async () => {
  const items = await read(file('item.json', `[\n${item(1)},\n{"id": 2, question: "no quotes"},\n,\n"text",\n${item(5)}\n]\n`));
  expect(questions(items).map((question) => question.id)).toEqual(['set/train/1', 'set/train/5']);
  expect(faults(items).map((fault) => fault.slice(0, 55))).toEqual([
    'item.json:3 QUESTION_ROW_INVALID The row on line 3 is n', 'item.json:4 QUESTION_ROW_INVALID The row on line 4 is n', 'item.json:5 QUESTION_ROW_INVALID The row on line 5 is a',
  ]);
});

test('reports a JSON array that is cut off, inside an item or between two', async () => {
  const inside = await read(file('inside.json', `[${item(1)},\n{"id": 2, "quest`));
  expect(questions(inside)).toHaveLength(1);
  expect(faults(inside)).toEqual(['inside.json:2 QUESTION_ROW_INVALID The file ends inside this row (line 2, item 2).']);
  const between = await read(file('between.json', `[${item(1)},\n`));
  expect(questions(between)).toHaveLength(1);
  expect(faults(between)).toEqual(['between.json:end QUESTION_ROW_INVALID The file ends after item 1, before the array is closed.']);
});

test('reports what stands after the closing bracket of an array', async () => {
  const items = await read(file('after.json', `[${item(1)}]\n[${item(2)}]\n`));
  expect(questions(items)).toHaveLength(1);
  expect(faults(items)).toEqual(['after.json:2 QUESTION_ROW_INVALID Text stands after the closing bracket of the array; it was not read (line 2, item 2).']);
});

test('reads rows that straddle the reads of the file', async () => {
  const rows = Array.from({ length: 400 }, (_, at) => ({ id: at, question: `${'é'.repeat(3000 + at)}?`, answer: 'no' })); // 2.5 MB: no row ends at a whole megabyte
  for (const [name, text] of [['far.jsonl', rows.map((row) => JSON.stringify(row)).join('\n')], ['far.json', JSON.stringify(rows)], ['far.csv', `id,question,answer\n${rows.map((row) => `${row.id},"${row.question}",no`).join('\n')}`]] as const) {
    expect(questions(await read(file(name, text))).map((question) => question.prompt.text.length)).toEqual(rows.map((row) => row.question.length));
  }
});

test('refuses a JSON item above the limit by name of the line', async () => {
  await expect(read(file('huge.json', `[${item(1)},\n{"id": 2, "question": "${'x'.repeat(3_000_000)}", "answer": "no"}]`), { rowBytesMax: 1_000_000 })).rejects.toMatchObject({ code: 'QUESTION_FILE_UNREADABLE', message: expect.stringContaining('huge.json:2 begins a row longer than 1000000 bytes') });
});
