import { createHash } from 'node:crypto';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeRecord, encodeRecord } from '@slowthink/records';
import { readManifests } from './manifests.ts';
import { parseMapping } from './mapping.ts';
import { originalBytesMax } from './original.ts';
import { readCorpus, type CorpusItem, type CorpusRequest } from './read-corpus.ts';

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'corpus-')); });
afterAll(() => { rmSync(folder, { recursive: true }); });

const file = (name: string, content: string | Buffer): string => { const path = join(folder, name); writeFileSync(path, content); return path; };
const lines = (...rows: readonly unknown[]): string => rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join('');
const read = async (paths: string | readonly string[], request: Partial<CorpusRequest> = {}): Promise<CorpusItem[]> => {
  const items: CorpusItem[] = [];
  for await (const item of readCorpus({ paths: [paths].flat(), ...request })) items.push(item);
  return items;
};
const questions = (items: readonly CorpusItem[]) => items.flatMap((item) => (item.kind === 'question' ? [item.question] : []));
const faults = (items: readonly CorpusItem[]) => items.flatMap((item) => (item.kind === 'fault' ? [{ code: item.fault.code, place: basename(item.place), key: item.key, message: item.fault.message }] : []));
const row = (id: unknown, more: object = {}) => ({ id, question: `Question ${id}?\nA. one\nB. two`, answer: 'B', ...more });

test('gives the file first, then a valid record a row with its line', async () => {
  const path = file('two.jsonl', lines(row(1), '', row('x')));
  const items = await read(path);
  expect(items[0]).toEqual({ kind: 'file', path, dataset: 'two', split: 'train', role: 'train', sha256: expect.stringMatching(/^[0-9a-f]{64}$/u) });
  expect(items.slice(1).map((item) => [item.kind, 'place' in item && basename(item.place)])).toEqual([['question', 'two.jsonl:1'], ['question', 'two.jsonl:3']]);
  expect(questions(items)[0]).toEqual({
    type: 'question', v: 1, id: 'two/train/1', dataset: 'two', split: 'train', role: 'train', attempt: 1, prompt: { text: 'Question 1?\nA. one\nB. two' },
    gold: { kind: 'choice', answer: 'B', options: [{ letter: 'A', text: 'one' }, { letter: 'B', text: 'two' }] },
  });
  for (const question of questions(items)) expect(decodeRecord(encodeRecord(question), ['question'])).toEqual(question);
});

test('never lets the gpt turn or any other gold into the prompt', async () => {
  const secret = 'The answer is GOLDWORD.';
  const items = await read(file('leak.json', JSON.stringify([{ id: 1, conversations: [{ from: 'human', value: 'Which dose?' }, { from: 'gpt', value: secret }], eval: { answer: 'GOLDWORD', long_answer: secret }, answer_idx: 'GOLDWORD' }])));
  expect(questions(items)[0]).toMatchObject({ prompt: { text: 'Which dose?' }, gold: { kind: 'open', answer: 'GOLDWORD' } });
  expect(JSON.stringify(questions(items)[0]!.prompt)).not.toContain('GOLDWORD');
});

test('reads every kind of answer from columns, and shows the model what it may answer', async () => {
  const items = await read(file('kinds.jsonl', lines(
    { id: 1, question: 'Which stage?', answer: 'Regional', kind: 'text', options: ['Localized', 'Regional'] },
    { id: 2, question: 'Which disease, GERD or gout?', answer: 'GERD', kind: 'name', options: ['GERD', 'Gout'], alternatives: ['acid reflux'] },
    { id: 3, question: 'Is the claim true?', answer: 2, kind: 'digit', options: { 0: 'false', 2: 'true' } },
    { id: 4, question: 'Which BMI?', answer: 27.3, unit: 'kg/m2', lower: 25.9, upper: 28.7 },
    { id: 5, question: 'Which dose?', answer: 'high', kind: 'span' },
    { id: 6, question: 'Why?', answer: 'Because of the heart.', kind: 'open' },
  )));
  expect(questions(items).map(({ prompt, gold }) => [prompt.text, gold])).toEqual([
    ['Which stage?\n- Localized\n- Regional', { kind: 'text', answer: 'Regional', options: ['Localized', 'Regional'] }],
    ['Which disease, GERD or gout?', { kind: 'name', answer: 'GERD', names: ['GERD', 'Gout'], alternatives: ['acid reflux'] }],
    ['Is the claim true?\n- 0: false\n- 2: true', { kind: 'digit', answer: '2', classes: [{ digit: '0', text: 'false' }, { digit: '2', text: 'true' }] }],
    ['Which BMI?', { kind: 'number', answer: 27.3, unit: 'kg/m2', tolerance: 0.01, lower: 25.9, upper: 28.7 }],
    ['Which dose?', { kind: 'span', answer: 'high' }],
    ['Why?', { kind: 'open', answer: 'Because of the heart.' }],
  ]);
  for (const question of questions(items)) expect(decodeRecord(encodeRecord(question), ['question'])).toEqual(question);
});

test('takes options that the mapping gives for every row', async () => {
  const mapping = parseMapping('question=asked,answer=said,kind:digit,options:false|mixture|true');
  expect(questions(await read(file('claims.jsonl', lines({ asked: 'Is it so?', said: 1 })), { mapping }))[0]).toMatchObject({ gold: { kind: 'digit', answer: '1', classes: [{ digit: '0', text: 'false' }, { digit: '1', text: 'mixture' }, { digit: '2', text: 'true' }] } });
});

test('takes dataset, split and role from the user where no manifest knows better', async () => {
  const items = await read(file('told.jsonl', lines(row(1))), { dataset: 'mine', split: 'dev', role: 'dev' });
  expect(questions(items)[0]).toMatchObject({ id: 'mine/dev/1', dataset: 'mine', split: 'dev', role: 'dev' });
});

test('numbers rows without an id by their place, and all rows where the mapping says id:row', async () => {
  const path = file('ids.jsonl', lines(row(7), { ...row(8), id: undefined }, row(9)));
  expect(questions(await read(path)).map((question) => question.id)).toEqual(['ids/train/7', 'ids/train/row-2', 'ids/train/9']);
  expect(questions(await read(path, { mapping: parseMapping('question=question,answer=answer,id:row') })).map((question) => question.id)).toEqual(['ids/train/row-1', 'ids/train/row-2', 'ids/train/row-3']);
});

test('sends bad rows to faults with file and line, key and reason, and goes on', async () => {
  const items = await read(file('bad.jsonl', lines(row(1), '{"id": 2,', [1], row(3, { answer: '' }), row(4, { question: ' ' }), row(5, { answer: 'F' }), row(6, { id: { a: 1 } }), { conversations: [{ from: 'gpt', value: 'x' }] }, row(9))));
  expect(questions(items).map((question) => question.id)).toEqual(['bad/train/1', 'bad/train/9']);
  expect(faults(items)).toEqual([
    { code: 'QUESTION_ROW_INVALID', place: 'bad.jsonl:2', key: 'bad/train/row-2', message: expect.stringMatching(/^The row on line 2 is not JSON: .+\.$/u) },
    { code: 'QUESTION_ROW_INVALID', place: 'bad.jsonl:3', key: 'bad/train/row-3', message: 'The row on line 3 is an array; an object with named fields is wanted.' },
    { code: 'QUESTION_GOLD_MISSING', place: 'bad.jsonl:4', key: 'bad/train/3', message: 'The row on line 4 has no answer.' },
    { code: 'QUESTION_ROW_INVALID', place: 'bad.jsonl:5', key: 'bad/train/4', message: 'The row on line 5 has no question text.' },
    { code: 'QUESTION_ROW_INVALID', place: 'bad.jsonl:6', key: 'bad/train/5', message: 'The answer "F" of the row on line 6 is none of the options A, B.' },
    { code: 'QUESTION_ROW_INVALID', place: 'bad.jsonl:7', key: 'bad/train/row-7', message: 'The id of the row on line 7 is neither text nor a number.' },
    { code: 'QUESTION_ROW_INVALID', place: 'bad.jsonl:8', key: 'bad/train/row-8', message: 'The row on line 8 has no turn of the user in "conversations".' },
  ]);
});

test('keeps the original bytes of a faulted row, above 256 KB the head with length and sha256 of all', async () => {
  const small = JSON.stringify(row(1, { answer: null }));
  const large = JSON.stringify(row(2, { answer: null, question: 'é'.repeat(originalBytesMax) }));
  const originals = (await read(file('originals.jsonl', lines(small, large)))).flatMap((item) => (item.kind === 'fault' ? [item.original] : []));
  expect(originals[0]).toEqual({ text: small, length: small.length, sha256: createHash('sha256').update(small).digest('hex') });
  expect(originals[1]).toMatchObject({ length: Buffer.byteLength(large), sha256: createHash('sha256').update(large).digest('hex') });
  expect(large.startsWith(originals[1]!.text)).toBe(true);
  expect(Buffer.byteLength(originals[1]!.text)).toBeGreaterThan(originalBytesMax - 4);
});

test('reports invalid UTF-8 with line and byte and reads the rows around it, in JSONL and in a JSON array', async () => {
  const broken = Buffer.concat([Buffer.from('{"id": 2, "question": "\ufffd caf'), Buffer.from([0xe9]), Buffer.from('?", "answer": "yes"}')]);
  for (const [name, join] of [['latin.jsonl', '\n'], ['latin.json', ',\n']] as const) {
    const [open, close] = name.endsWith('.json') ? ['[', ']'] : ['', '\n'];
    const items = await read(file(name, Buffer.concat([Buffer.from(open + JSON.stringify(row(1)) + join), broken, Buffer.from(join + JSON.stringify(row(3)) + close)])));
    expect(questions(items).map((question) => question.id)).toEqual(['latin/train/1', 'latin/train/3']);
    expect(faults(items)).toEqual([{ code: 'QUESTION_ENCODING', place: `${name}:2`, key: 'latin/train/row-2', message: 'The row on line 2 is not UTF-8: byte 31 of the row is 0xe9.' }]);
  }
});

test('reports half a surrogate pair as an encoding fault', async () => {
  const items = await read(file('half.jsonl', `${JSON.stringify(row(1))}\n{"id": 2, "question": "a \\ud83d b", "answer": "yes"}\n`));
  expect(faults(items)).toMatchObject([{ code: 'QUESTION_ENCODING', message: 'The row on line 2 holds half a surrogate pair: it is no Unicode text.' }]);
});

test('passes over a byte order mark', async () => {
  expect(questions(await read(file('bom.jsonl', `\ufeff${lines(row(1))}`)))).toHaveLength(1);
  expect(questions(await read(file('bom.json', `\ufeff${JSON.stringify([row(1)])}`)))).toHaveLength(1);
  expect(questions(await read(file('bom.csv', '\ufeffid,question,answer\n1,Is it?,yes\n')))[0]!.id).toBe('bom/train/1');
});

test('passes a question of 10 MB on', async () => {
  const text = `${'long '.repeat(2_000_000)}?`;
  const items = await read(file('long.jsonl', lines(row(1), { id: 2, question: text, answer: 'yes' }, row(3))));
  expect(questions(items).map((question) => question.prompt.text.length)).toEqual([25, text.length, 25]);
});

test('passes over a row above the limit, with length and sha256 of all of it, and goes on', async () => {
  const long = JSON.stringify(row(2, { question: 'x'.repeat(3_000_000) }));
  const items = await read(file('oversize.jsonl', lines(row(1), long, row(3))), { rowBytesMax: 1_000_000 });
  expect(questions(items).map((question) => question.id)).toEqual(['oversize/train/1', 'oversize/train/3']);
  expect(faults(items)).toMatchObject([{ code: 'QUESTION_ROW_INVALID', place: 'oversize.jsonl:2', message: `The row on line 2 has ${long.length} bytes; at most 1000000 are read.` }]);
  expect(items.find((item) => item.kind === 'fault')).toMatchObject({ original: { length: long.length, sha256: createHash('sha256').update(long).digest('hex') } });
});

test('refuses the second of two equal ids, inside a file and across files, and says where the first stands', async () => {
  const one = file('one.jsonl', lines(row(1), row('1'), row(2)));
  const two = file('two-again.jsonl', lines(row(2, { answer: 'A' }), row(3)));
  const items = await read([one, two], { dataset: 'set' });
  expect(questions(items).map((question) => question.id)).toEqual(['set/train/1', 'set/train/2', 'set/train/3']);
  expect(faults(items)).toEqual([
    { code: 'QUESTION_DUPLICATE', place: 'one.jsonl:2', key: 'set/train/1', message: `The question id set/train/1 stands already at ${one}:1, with the same text.` },
    { code: 'QUESTION_DUPLICATE', place: 'two-again.jsonl:1', key: 'set/train/2', message: `The question id set/train/2 stands already at ${one}:3, with the same text.` },
  ]);
});

test('hints at id:row where equal ids have other texts', async () => {
  const items = await read(file('repeat.jsonl', lines(row(1), row(1, { question: 'Another?\nA. one\nB. two' }))));
  const fault = items.find((item) => item.kind === 'fault');
  expect(fault).toMatchObject({ fault: { message: expect.stringMatching(/with another text\.$/u), hint: 'The texts differ. Where the ids of a file are not its own, number its rows: --map …,id:row.' } });
});

test('keeps the same text under another id, with a warning', async () => {
  const items = await read(file('same.jsonl', lines(row(1), row(2, { question: ' question 1?\nA.  one\nB. two' }))));
  expect(questions(items)).toHaveLength(2);
  expect(items.at(-1)).toEqual({ kind: 'warning', code: 'SAME_TEXT', message: `same/train/2 asks the same as same/train/1 (${join(folder, 'same.jsonl')}:1); both are kept.`, place: `${join(folder, 'same.jsonl')}:2` });
});

test('tells two different files of one name apart, in whatever order they are given', async () => {
  mkdirSync(join(folder, 'other'), { recursive: true });
  const paths = [file('exam.jsonl', lines(row(1))), file('other/exam.jsonl', lines(row(1, { answer: 'A' })))];
  const items = await read(paths);
  const names = questions(items).map((question) => question.dataset);
  expect(names).toEqual([expect.stringMatching(/^exam-[0-9a-f]{8}$/u), expect.stringMatching(/^exam-[0-9a-f]{8}$/u)]);
  expect(new Set(names).size).toBe(2);
  expect(questions(await read(paths.toReversed())).map((question) => question.dataset)).toEqual(names.toReversed());
  expect(faults(items)).toEqual([]);
});

test('holds rows = questions + faults, whatever the rows are', async () => {
  const path = file('mixed.jsonl', lines(row(1), 'garbage', row(1), row(2, { answer: undefined }), row(3)));
  const items = await read(path);
  expect(questions(items).length + faults(items).length).toBe(5);
});

test.each([
  ['a missing file', () => join(folder, 'nowhere.jsonl'), 'QUESTION_FILE_MISSING', /^There is no file .+nowhere\.jsonl and no data set of that name\.$/u],
  ['an empty file', () => file('empty.jsonl', ''), 'QUESTION_FILE_EMPTY', /empty\.jsonl is empty\.$/u],
  ['a file of blank lines', () => file('blank.json', ' \n\n'), 'QUESTION_FILE_EMPTY', /blank\.json is empty\.$/u],
  ['an empty array', () => file('none.json', '[ ]\n'), 'QUESTION_FILE_EMPTY', /none\.json holds no row\.$/u],
  ['a CSV with a header alone', () => file('header.csv', 'question,answer\n'), 'QUESTION_FILE_EMPTY', /header\.csv holds no row\.$/u],
  ['a folder', () => folder, 'QUESTION_FILE_UNREADABLE', /is a folder, no file\.$/u],
  ['a file of another kind', () => file('notes.txt', 'Dear reader'), 'QUESTION_FILE_UNREADABLE', /notes\.txt begins with "Dear reader": neither JSON, JSONL, CSV nor Parquet\.$/u],
  ['one object over several lines', () => file('object.json', '{\n  "questions": []\n}'), 'QUESTION_FILE_UNREADABLE', /holds one JSON object over several lines/u],
  ['UTF-16', () => file('wide.csv', Buffer.from('\ufeffquestion,answer\n', 'utf16le')), 'QUESTION_FILE_UNREADABLE', /wide\.csv is UTF-16\.$/u],
  ['a name in .parquet that is none', () => file('text.parquet', 'question,answer\n'), 'QUESTION_FILE_UNREADABLE', /text\.parquet is no Parquet file: it does not begin with PAR1\.$/u],
  ['half a Parquet file', () => file('half.parquet', 'PAR1xxxxxxxxxxxxxxxxxxxxxxxx'), 'QUESTION_FILE_UNREADABLE', /half\.parquet cannot be read as Parquet: /u],
  ['rows without the columns', () => file('columns.jsonl', lines({ query: 'a', answers: 'b' })), 'QUESTION_MAPPING_WRONG', /columns\.jsonl has no column "question"\. Nearest: "query"\. Columns: query, answers\.$/u],
])('throws for %s before any row comes', async (_name, path, code, message) => {
  const good = file('good.jsonl', lines(row(1)));
  const items: CorpusItem[] = [];
  const reading = async (): Promise<void> => { for await (const item of readCorpus({ paths: [good, path()] })) items.push(item); };
  await expect(reading()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  expect(items).toEqual([]);
});

test('throws for a mapping that names a missing column, also where rows name their own fields', async () => {
  const mapping = parseMapping('question=stem,answer=kee');
  for (const path of [file('exam.csv', 'stem,key\nIs it?,yes\n'), file('exam-rows.jsonl', lines({ stem: 'Is it?', key: 'yes' }))]) {
    await expect(read(path, { mapping })).rejects.toMatchObject({ code: 'QUESTION_MAPPING_WRONG', message: `${path} has no column "kee". Nearest: "key". Columns: stem, key.` });
  }
});

test.runIf(process.getuid?.() !== 0)('throws for a file that may not be read', async () => {
  const path = file('secret.jsonl', lines(row(1)));
  chmodSync(path, 0o000);
  await expect(read(path)).rejects.toMatchObject({ code: 'QUESTION_FILE_UNREADABLE' });
});

test('names a data set that is nearly the typed name', async () => {
  await expect(read('medq', { manifests: await readManifests() })).rejects.toMatchObject({ code: 'QUESTION_FILE_MISSING', message: 'There is no file medq and no data set of that name. The nearest known data set is "medqa".' });
});

test('reads a file that grows while it is read up to what it then holds', async () => {
  const path = file('growing.jsonl', lines(row(1), row(2)));
  const ids: string[] = [];
  for await (const item of readCorpus({ paths: [path] })) {
    if (item.kind === 'file') appendFileSync(path, lines(row(3)));
    if (item.kind === 'question') ids.push(item.question.id);
  }
  expect(ids).toEqual(['growing/train/1', 'growing/train/2', 'growing/train/3']);
});
