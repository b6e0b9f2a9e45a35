// What is wrong with question files is said with code, place and what to do next; the rest of the file goes on, and nothing is lost.
import type { FaultRecord } from '@slowthink/records';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace, questionLine, questionLines, sealedFiles, smallRun, summaryOf, type Ended } from './testing/command-line.ts';
import { startModelServer, type ModelServer } from './testing/model-server.ts';

const place = new Workplace();
let server: ModelServer;
beforeAll(async () => { server = await startModelServer(); });
afterAll(async () => { await server.close(); place.close(); });

describe('a question file that cannot be used', () => {
  it('ends a run with exit 3 when it is missing, and the same folder runs on with the right file', async () => {
    const missing = await place.run(smallRun(server.policy, 'late', '--questions', 'nowhere.jsonl'));
    expect(missing, missing.stderr).toMatchObject({ code: 3, stdout: '' });
    expect(missing.stderr).toContain('QUESTION_FILE_MISSING There is no file nowhere.jsonl and no data set of that name. Check the path, or the name: "slowthink datasets" lists every data set that is known.');
    place.write('late.jsonl', questionLines(1));
    const found = await place.run(smallRun(server.policy, 'late', '--questions', 'late.jsonl'));
    expect(found.code).toBe(0);
    expect(summaryOf(found).trees).toBe(1);
  });

  it('names the nearest known data set', async () => {
    const { code, stderr } = await place.run(['import', '--questions', 'first-question', '--dir', 'near']);
    expect(code).toBe(3);
    expect(stderr).toContain('The nearest known data set is "first-questions".');
  });

  it.each([
    ['empty.jsonl', '', 3, 'QUESTION_FILE_EMPTY empty.jsonl is empty. The file holds no row. Give a file with at least one question.'],
    ['empty.csv', 'question,answer\n', 3, 'QUESTION_FILE_EMPTY empty.csv holds no row.'],
    ['notes.docx', 'PK', 3, 'QUESTION_FILE_UNREADABLE'],
    ['broken.parquet', 'PAR1 and no more', 3, 'QUESTION_FILE_UNREADABLE'],
  ] as const)('refuses $0, with exit 3', async (name, content, code, message) => {
    place.write(name, content);
    const ended = await place.run(['import', '--questions', name, '--dir', `d-${name}`]);
    expect(ended.stderr).toContain(message);
    expect(ended, ended.stderr).toMatchObject({ code, stdout: '' });
  });

  it('names the nearest column of a mapping that names one that is not there (exit 2)', async () => {
    place.write('stem.csv', 'stem,label,options\nWhich drug?,A,"[""aspirin"", ""heparin""]"\n');
    const wrong = await place.run(smallRun(server.policy, 'mapped', '--questions', 'stem.csv', '--map', 'question=stam,answer=label,options=options'));
    expect(wrong, wrong.stderr).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('QUESTION_MAPPING_WRONG stem.csv has no column "stam". Nearest: "stem". Columns: stem, label, options.');
    expect(wrong.stderr).toContain('--map question=COLUMN');
    const field = await place.run(['import', '--questions', 'stem.csv', '--map', 'qestion=stem,answer=label', '--dir', 'mapped']);
    expect(field, field.stderr).toMatchObject({ code: 2, stdout: '' });
    expect(field.stderr).toContain('"qestion" in the mapping is no field. Nearest: question.');
    const right = await place.run(smallRun(server.policy, 'mapped', '--questions', 'stem.csv', '--map', 'question=stem,answer=label,options=options'));
    expect(summaryOf(right).trees).toBe(1);
  });
});

describe('a file of bad rows alone', () => {
  it('ends with exit 0, no data set, and every row in faults', async () => {
    place.write('bad.csv', 'question,answer\nWhich drug?,\nWhich dose?,\n');
    const ended = await place.run(smallRun(server.policy, 'bad', '--questions', 'bad.csv'));
    expect(ended.code, ended.stderr).toBe(0);
    expect(summaryOf(ended)).toMatchObject({ trees: 0, requests: 0, rows: {}, dataset: null, faults: { QUESTION_GOLD_MISSING: 2 } });
    expect(ended.stderr).toContain('No data set was sealed: There is no row to seal into');
    expect(ended.stderr).toContain('"slowthink inspect faults"');
  });
});

describe('bad rows among good ones', () => {
  const long = `Case 10 MB: ${'a very long history. '.repeat(500_000)}`; // 10.5 MB
  const rows: readonly (string | Buffer)[] = [
    questionLine('q0', 'Case 0: which drug helps?'),
    JSON.stringify({ id: 'no-gold', question: 'Case without gold?', options: { A: 'aspirin', B: 'heparin' } }),
    questionLine('long', long),
    Buffer.from([...Buffer.from('{"id": "latin", "question": "Case caf'), 0xe9, ...Buffer.from('?", "answer": "yes"}')]),
    questionLine('q0', 'Case 0: which drug helps?'),
    questionLine('q0', 'Case 0, told otherwise: which drug helps?'),
    JSON.stringify({ id: 'open', question: 'Case open: name the dose.', answer: '125-500 mg daily', kind: 'open' }),
    '{"id": "torn", "question": "Case torn',
    questionLine('q1', 'Case 1: which drug helps?'),
  ];
  let ended: Ended;
  let faults: readonly FaultRecord[];
  const faultAt = (line: number): FaultRecord | undefined => faults.find(({ place: at }) => at === `mixed.jsonl:${line}`);

  beforeAll(async () => {
    place.write('mixed.jsonl', Buffer.concat(rows.flatMap((row) => [Buffer.from(row), Buffer.from('\n')])));
    ended = await place.run(smallRun(server.policy, 'mixed', '--questions', 'mixed.jsonl'));
    faults = await place.faults('mixed');
  });

  it('end the run with exit 0 and sealed rows of the good questions alone', async () => {
    expect(ended.code, ended.stderr).toBe(0);
    expect(summaryOf(ended).stages['expand']).toEqual({ in: 4, ok: 2, failed: 1, dropped: 1, open: 0 });
    place.write('good.jsonl', `${rows[0] as string}\n${rows[8] as string}\n`);
    const good = await place.run(smallRun(server.policy, 'good', '--questions', 'good.jsonl', '--dataset', 'mixed'));
    expect(sealedFiles(place.path('mixed/dataset'))).toEqual(sealedFiles(place.path('good/dataset')));
    expect(summaryOf(good).rows).toEqual(summaryOf(ended).rows);
  });

  it.each([
    [2, 'QUESTION_GOLD_MISSING', 'The row on line 2 has no answer.'],
    [4, 'QUESTION_ENCODING', 'line 4'],
    [5, 'QUESTION_DUPLICATE', 'mixed/train/q0 stands already at mixed.jsonl:1, with the same text.'],
    [6, 'QUESTION_DUPLICATE', 'mixed/train/q0 stands already at mixed.jsonl:1, with another text.'],
    [8, 'QUESTION_ROW_INVALID', 'line 8'],
  ] as const)('become faults with file, line %i, code %s, hint and bytes, told while the run goes on', (line, code, message) => {
    expect(faultAt(line)).toMatchObject({ code, stage: 'import', blame: 'record', message: expect.stringContaining(message), hint: expect.stringMatching(/\w{3}/) });
    expect(faultAt(line)!.original!.length).toBe(Buffer.from(rows[line - 1]!).length);
    expect(ended.stderr).toContain(`Fault ${code}: mixed.jsonl:${line}: `);
  });

  it('keeps of a 10 MB question head, length and sha256, and asks no model about it', () => {
    const fault = faults.find(({ code }) => code === 'QUESTION_TOO_LONG')!;
    expect(fault).toMatchObject({ stage: 'expand', key: 'mixed/train/long', message: expect.stringMatching(/mixed\/train\/long has about \d{7} tokens; at most 8192 are allowed\./), hint: 'Shorten the question, or raise search.questionTokensMax.' });
    expect(fault.original!.length).toBeGreaterThan(10_000_000);
    expect(fault.original!.text.length).toBeLessThanOrEqual(256 * 1024);
    expect(fault.original!.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(server.completions.some(({ prompt }) => prompt.includes('10 MB'))).toBe(false);
  });

  it('drops a question whose answers no grader judges, with the reason and without a request', () => {
    expect(faults).toContainEqual(expect.objectContaining({ code: 'QUESTION_NO_GRADER', stage: 'expand', key: 'mixed/train/open', message: 'mixed/train/open wants an answer of kind open.' }));
    expect(server.completions.some(({ prompt }) => prompt.includes('Case open'))).toBe(false);
  });

  it('add up: every row is a question or a fault, also after the same file is imported again', async () => {
    expect(faults).toHaveLength(7);
    const again = await place.run(['import', '--questions', 'mixed.jsonl', '--dir', 'mixed', '--json']);
    expect((summaryOf(again) as unknown as { ledger: object }).ledger).toEqual({ in: 9, ok: 4, failed: 5, dropped: 0, open: 0 });
    expect(await place.faults('mixed')).toHaveLength(7);
    const shown = await place.run(['inspect', 'faults', '--dir', 'mixed']);
    expect(shown.stdout).toContain('QUESTION_GOLD_MISSING (import, mixed.jsonl:2, mixed/train/no-gold)');
    expect(shown.stdout).toContain('7 faults.');
  });
});
