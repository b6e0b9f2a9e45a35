// "slowthink grade" as a user starts it: a verdict a line, a summary, and what is wrong said with file and line; exit 2 or 3 where nothing can be graded.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { Grading } from './commands/grade.ts';
import { questionLine, Workplace, type Ended } from './testing/command-line.ts';

const place = new Workplace();
afterAll(() => place.close());

const jsonLines = (rows: readonly unknown[]): string => rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join('');
const verdictsOf = (text: string): readonly unknown[] => text.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown);
const gradingOf = ({ stdout }: Ended): Grading => JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Grading;

place.write('exam.jsonl', jsonLines([
  questionLine('q1', 'Case 1: which drug helps?'), questionLine('q2', 'Case 2: which drug helps?'), // A is right for both
  { id: 'dose', question: 'Which dose?', answer: '5 mg', kind: 'span' }, { id: 'bmi', question: 'Which BMI?', answer: 27.3, unit: 'kg/m2', lower: 25.9, upper: 28.7 },
  { id: 'why', question: 'Why?', answer: 'Because.' }, { id: 'none', question: 'Never asked?', answer: 'yes' },
]));
place.write('answers.jsonl', jsonLines([
  { id: 'q1', text: 'The answer is (A).' }, { id: 'exam/train/q1', text: 'The answer is B.\nmore text' }, { id: 'q2', text: 'The answer is A or B.' }, { id: 'q2', text: 'The answer is', truncated: true }, { id: 'q2', text: 'It depends.' },
  { id: 'dose', text: 'The answer is 25 mg.' }, { id: 'bmi', text: '\\boxed{26}' }, { id: 'why', text: 'The answer is 5.' }, { id: 'q9', text: 'The answer is A.' }, '{"id": "q1"', { id: 'q1' },
]));

const verdict = (id: string, status: string, why: string | null, answer: string, normalised: string, rule: string): object => ({ id, status, why, answer, normalised, rule });
const expected = [
  verdict('q1', 'right', null, 'A)', 'A', 'answer statement'), verdict('exam/train/q1', 'wrong', null, 'B', 'B', 'answer statement'), verdict('q2', 'wrong', 'several answers', 'A or B', 'A | B', 'answer statement'),
  verdict('q2', 'none', 'truncated', '', '', 'none'), verdict('q2', 'none', 'no answer', '', '', 'none'), verdict('dose', 'wrong', null, '25 mg', '25 mg', 'answer statement'),
  verdict('bmi', 'right', null, '26', '26 kg/m2', 'boxed'), verdict('why', 'none', 'no answer', '', '', 'no grader'),
];

describe('grade', () => {
  it('prints a verdict a line, names bad lines and unknown ids with file and line, and sums up on stderr', async () => {
    const ended = await place.run(['grade', '--items', 'exam.jsonl', '--outputs', 'answers.jsonl']);
    expect(ended.code, ended.stderr).toBe(0);
    expect(verdictsOf(ended.stdout)).toEqual(expected);
    expect(ended.stderr.split('\n')).toEqual([
      'answers.jsonl:9: no item has the id "q9".', expect.stringContaining('answers.jsonl:10: The row on line 10 is not JSON'), 'answers.jsonl:11: The row of "q1" has no text: the field is missing.',
      'Items: 6. Outputs graded: 8.', 'Right 2 (25.0 %), wrong 3 (1 several answers), none 3 (1 no answer, 1 truncated, 1 no grader).', 'Unknown ids: 1. Bad lines: 2. Items without an output: 1.', '',
    ]);
  });

  it('writes the verdicts to a file that is there only when it is whole, and the summary as the last line of stdout', async () => {
    const ended = await place.run(['grade', '--items', 'exam.jsonl', '--outputs', 'answers.jsonl', '--out', 'verdicts.jsonl', '--json']);
    expect(ended.code, ended.stderr).toBe(0);
    expect(verdictsOf(readFileSync(place.path('verdicts.jsonl'), 'utf8'))).toEqual(expected);
    expect(JSON.parse(ended.stdout)).toEqual({ items: 6, badItems: 0, outputs: 8, right: 2, wrong: 3, severalAnswers: 1, none: { 'no answer': 1, truncated: 1, 'no grader': 1 }, unknownIds: 1, badLines: 2, itemsWithoutOutput: 1 });
    expect(readdirSync(place.folder).filter((name) => name.includes('.tmp'))).toEqual([]);
  });

  it('puts the summary behind the verdicts where both go to stdout', async () => {
    const ended = await place.run(['grade', '--items', 'exam.jsonl', '--outputs', 'answers.jsonl', '--json']);
    expect(verdictsOf(ended.stdout)).toEqual([...expected, expect.objectContaining({ outputs: 8 })]);
  });

  it('reads items of any format and mapping, in the name of a data set too, and names rows that give no item', async () => {
    place.write('exam.csv', 'no,stem,key,low,high\n1,Which BMI?,27,26,28\n2,Which age?,,1,2\n');
    place.write('numbers.jsonl', jsonLines([{ id: 1, text: 'The answer is 28.' }, { id: 'mine/may/1', text: 'The answer is 29.' }]));
    const csv = await place.run(['grade', '--items', 'exam.csv', '--outputs', 'numbers.jsonl', '--json', '--map', 'question=stem,answer=key,id=no,lower=low,upper=high', '--dataset', 'mine', '--split', 'may']);
    expect(gradingOf(csv)).toMatchObject({ items: 1, badItems: 1, right: 1, wrong: 1 });
    expect(csv.stderr).toContain('QUESTION_GOLD_MISSING exam.csv:3: The row on line 3 has no answer.');
    place.write('first.jsonl', jsonLines([{ id: 'first-questions/sample/1', text: 'yes' }]));
    expect(gradingOf(await place.run(['grade', '--items', 'first-questions', '--outputs', 'first.jsonl', '--json']))).toMatchObject({ items: 12, outputs: 0, unknownIds: 1, itemsWithoutOutput: 12 });
  });

  it('names the first twenty unknown ids and counts the others', async () => {
    place.write('strangers.jsonl', jsonLines(Array.from({ length: 50 }, (_, index) => ({ id: `x${index}`, text: 'B' }))));
    const ended = await place.run(['grade', '--items', 'exam.jsonl', '--outputs', 'strangers.jsonl']);
    expect(ended.stderr.match(/no item has the id/g)).toHaveLength(20);
    expect(ended.stderr).toContain('Unknown ids: 50.');
    expect(ended.stdout).toBe('');
  });
});

describe.concurrent('wrong use of grade', () => {
  place.write('empty.jsonl', '');
  it.each<readonly [string, number, readonly string[], string]>([
    ['no items', 2, ['--outputs', 'answers.jsonl'], "required option '--items <file>' not specified"],
    ['no outputs', 2, ['--items', 'exam.jsonl'], "required option '--outputs <file>' not specified"],
    ['missing items', 3, ['--items', 'gone.jsonl', '--outputs', 'answers.jsonl'], 'QUESTION_FILE_MISSING There is no file gone.jsonl and no data set of that name. Check the path given to --items.'],
    ['missing outputs', 3, ['--items', 'exam.jsonl', '--outputs', 'gone.jsonl'], 'QUESTION_FILE_MISSING There is no file gone.jsonl. Check the path given to --outputs.'],
    ['empty outputs', 3, ['--items', 'exam.jsonl', '--outputs', 'empty.jsonl'], 'QUESTION_FILE_EMPTY empty.jsonl is empty. Give --outputs a file with at least one row.'],
    ['a data set whose file is not here', 3, ['--items', 'MedQA_cot', '--outputs', 'answers.jsonl'], 'It is published at'],
    ['a wrong mapping', 2, ['--items', 'exam.jsonl', '--outputs', 'answers.jsonl', '--map', 'question=ask,answer=answer'], 'QUESTION_MAPPING_WRONG exam.jsonl has no column "ask".'],
    ['a folder that is not there', 2, ['--items', 'exam.jsonl', '--outputs', 'answers.jsonl', '--out', 'nowhere/verdicts.jsonl'], 'SETTING_INVALID --out is nowhere/verdicts.jsonl; there is no folder nowhere.'],
  ])('%s ends with exit %i', async (_name, code, args, message) => {
    const ended = await place.run(['grade', ...args]);
    expect(ended, ended.stderr).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(message);
  });

  it('leaves no file behind when the outputs are missing', async () => {
    await place.run(['grade', '--items', 'exam.jsonl', '--outputs', 'gone.jsonl', '--out', 'never.jsonl']);
    expect(readdirSync(place.folder).filter((name) => name.includes('never'))).toEqual([]);
  });
});

const published = process.env['SLOWTHINK_MEDICAL_DATA'] ?? fileURLToPath(new URL('../../../../shared/data/medical', import.meta.url));
describe.runIf(existsSync(published))('grade on the four published files', () => {
  it.each([['MedQA', 1273], ['MedMCQA', 4183], ['pubmedqa', 500], ['drugdose', 23]] as const)('judges every stated gold answer of %s right, and its negation never', async (name, rows) => {
    const items = JSON.parse(readFileSync(join(published, `${name}.json`), 'utf8')) as readonly { readonly id: unknown; readonly eval: { readonly answer: string } }[];
    place.write(`${name}.jsonl`, jsonLines(items.flatMap(({ id, eval: { answer } }) => [{ id, text: `Step 1: Hm.\n\nStep 2: The answer is ${answer}.` }, { id, text: `The answer is not ${answer}.` }])));
    const ended = await place.run(['grade', '--items', join(published, `${name}.json`), '--outputs', `${name}.jsonl`, '--out', `${name}.verdicts.jsonl`, '--json']);
    expect(gradingOf(ended)).toMatchObject({ items: rows, outputs: 2 * rows, right: rows, wrong: 0, none: { 'no answer': rows, truncated: 0, 'no grader': 0 }, itemsWithoutOutput: 0 });
  });
});
