import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readOutputs, type OutputLine } from './read-outputs.ts';

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'outputs-')); });
afterAll(() => { rmSync(folder, { recursive: true }); });

const read = async (name: string, content: string | Buffer, rowBytesMax?: number): Promise<OutputLine[]> => {
  const path = join(folder, name);
  writeFileSync(path, content);
  const lines: OutputLine[] = [];
  for await (const line of readOutputs(path, rowBytesMax)) lines.push({ ...line, place: basename(line.place) });
  return lines;
};

test('reads id, text and truncated of every line, and passes over blank lines and other fields', async () => {
  expect(await read('two.jsonl', '{"id": 1, "text": "The answer is B."}\n\n{"id": "q/2", "text": "", "truncated": true, "tokens": 9}\r\n')).toEqual([
    { kind: 'output', id: '1', text: 'The answer is B.', truncated: false, place: 'two.jsonl:1' },
    { kind: 'output', id: 'q/2', text: '', truncated: true, place: 'two.jsonl:3' },
  ]);
});

test('reads a JSON array and CSV too', async () => {
  expect(await read('two.json', '[{"id": 1, "text": "B"},\n{"id": 2, "text": "C", "truncated": false}]')).toMatchObject([{ id: '1', text: 'B' }, { id: '2', text: 'C', truncated: false }]);
  expect(await read('two.csv', 'id,text,truncated\n1,"B, because",\n2,C,true\n')).toMatchObject([{ id: '1', text: 'B, because', truncated: false }, { id: '2', text: 'C', truncated: true }]);
});

test('says what is wrong with a line and where it stands, and goes on', async () => {
  const lines = await read('bad.jsonl', Buffer.concat([Buffer.from('{"id": 1}\n{"text": "B"}\n{"id": 2, "text": null}\n{"id": 3, "text": "x", "truncated": "yes"}\n[1]\n{"id": 4, "te\n'), Buffer.from([0x7b, 0xe9, 0x0a]), Buffer.from('{"id": {}, "text": "x"}\n{"id": 9, "text": "good"}\n')]));
  expect(lines.map((line) => (line.kind === 'bad' ? `${line.place} ${line.message}` : line.id))).toEqual([
    'bad.jsonl:1 The row of "1" has no text: the field is missing.', 'bad.jsonl:2 The row has no id: the field is missing; a text or number is wanted.', 'bad.jsonl:3 The row of "2" has no text: it is null.',
    'bad.jsonl:4 The row of "3" has "yes" as truncated; true or false is wanted.', 'bad.jsonl:5 The row on line 5 is an array; an object with named fields is wanted.', expect.stringContaining('bad.jsonl:6 The row on line 6 is not JSON'),
    'bad.jsonl:7 The row on line 7 is not UTF-8: byte 2 of the row is 0xe9.', 'bad.jsonl:8 The row has no id: {}; a text or number is wanted.', '9',
  ]);
});

test('passes over a line above the limit and goes on', async () => {
  expect(await read('long.jsonl', `{"id": 1, "text": "${'x'.repeat(3_000_000)}"}\n{"id": 2, "text": "B"}\n`, 1_000_000)).toMatchObject([{ kind: 'bad', place: 'long.jsonl:1', message: expect.stringContaining('at most 1000000 are read') }, { kind: 'output', id: '2' }]);
});

test('throws for a file that is missing or empty', async () => {
  await expect(readOutputs(join(folder, 'gone.jsonl')).next()).rejects.toMatchObject({ code: 'QUESTION_FILE_MISSING' });
  await expect(read('empty.jsonl', '\n \n')).rejects.toMatchObject({ code: 'QUESTION_FILE_EMPTY' });
});
