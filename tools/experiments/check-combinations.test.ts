import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, it } from 'vitest';
import { workedProblems } from '../dosage/corpus.ts';
import { dataSets, rowsOf } from '../dosage/data.ts';
import { checkCombinations, heldOutOf, refuseHeldOut } from './check-combinations.ts';
import { combinationIndex } from './combination-index.ts';
import { corpusQuestions, questionsOf } from './questions-of.ts';
import { readCombination } from './read-combination.ts';

const folder = mkdtempSync(join(tmpdir(), 'slowthink-combinations-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const datasets = join(import.meta.dirname, '../../datasets/dosage');
const heldOut = [...heldOutOf(join(datasets, 'test.jsonl'), 'test'), ...heldOutOf(join(datasets, 'dev.jsonl'), 'dev')];

describe('the combination of a question', () => {
  it('is read from the text of every question that ships and of 800 problems of the corpus', () => {
    for (const { question, kind, numbers } of dataSets.flatMap(rowsOf)) expect(readCombination(question)).toEqual({ kind, numbers });
    let place = 0;
    for (const { problem: { question, combination: { kind, numbers } } } of workedProblems('0')) {
      if (place++ === 800) break;
      expect(readCombination(question), question).toEqual({ kind: kind.name, numbers: Object.values(numbers) });
    }
  });
});

describe('the check', () => {
  it('finds nothing in the training set, nor in problems of the corpus', async () => {
    const [train] = await checkCombinations(questionsOf(join(datasets, 'train.jsonl')), heldOut);
    expect(train).toMatchObject({ questions: 2000, free: 2000, unread: 0, found: [] });
    const [corpus] = await checkCombinations(corpusQuestions(1000, '0'), heldOut);
    expect(corpus).toMatchObject({ questions: 1000, free: 1000, unread: 0, found: [] });
  });

  it('finds every question of test and dev, and says which', async () => {
    const [report] = await checkCombinations(questionsOf(join(datasets, 'test.jsonl')), heldOut);
    expect(report!.found).toHaveLength(600);
    expect(report!.found[0]).toMatchObject({ id: 'daily-dose-0001', set: 'test', heldOut: 'daily-dose-0001', how: 'wording' });
  });

  // daily-dose 21 kg, 6 mg/kg, every 8 hours stands in test
  it.each([
    ['another wording, cue and drug of its kind', 'Order: zinc 6 mg/kg per day, divided into equal doses given q8h. The patient weighs 21 kg. How many mg does one dose hold?', 'wording'],
    ['a drug that nobody listed, with a number in its name', 'A patient weighs 21 kg. Interleukin 2 is ordered at 6 mg/kg per day, in equal doses every 8 hours. How many mg is each dose?', 'wording'],
    ['words that no wording has, in another order', 'Each 24 hours somebody takes 6 mg for every kg of body weight, a share every 8 hours. With a weight of 21 kg, how many mg are in a share?', 'numbers'],
    ['words that ask for no unit of a kind', 'Weight 21 kg; 6 milligrams per kilogram daily; 8-hour intervals. Work out one dose in milligrams.', 'numbers'],
  ])('finds a planted combination: %s', async (_name, question, how) => {
    const path = join(folder, 'planted.jsonl');
    const clean = rowsOf(dataSets[0]!).slice(0, 50);
    writeFileSync(path, [...clean, { id: 'planted', question }].map((row) => `${JSON.stringify(row)}\n`).join(''));
    const [report] = await checkCombinations(questionsOf(path), heldOut);
    expect(report).toMatchObject({ questions: 51, free: 50, unread: 0, found: [{ id: 'planted', set: 'test', heldOut: 'daily-dose-0001', kind: 'daily-dose', numbers: [21, 6, 8], how }] });
  });

  it('reads the questions of a sealed data set out of its prompts, prm and sft, and finds the planted one in both', async () => {
    const planted = rowsOf(dataSets[2]!)[3]!.question; // of test
    const clean = rowsOf(dataSets[0]!)[3]!.question;
    const sealed = join(folder, 'run', 'dataset');
    for (const table of ['prm', 'sft', 'lineage']) mkdirSync(join(sealed, table), { recursive: true });
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const rows = [['a', clean], ['b', planted], ['b', planted]] as const;
    const write = (file: string, prompt: (question: string) => string) => connection.run(`COPY (${rows.map(([id, question]) => `SELECT '${id}' AS question_id, ${prompt(question)} AS prompt`).join(' UNION ALL ')}) TO '${join(sealed, file)}' (FORMAT parquet)`);
    await write('prm/train-00000-of-00001.parquet', (question) => `'${question}' || chr(10) || chr(10) || 'Step 0: Let us begin.'`);
    await write('sft/train-00000-of-00001.parquet', (question) => `[{'role': 'user', 'content': '${question}'}]`);
    await write('lineage/prm.parquet', () => "'no data'");
    connection.closeSync();
    const reports = await checkCombinations(questionsOf(join(folder, 'run')), heldOut);
    expect(reports.map(({ questions, free, found }) => ({ questions, free, found: found.map(({ id, set, heldOut: other, how }) => [id, set, other, how]) }))).toEqual([
      { questions: 2, free: 1, found: [['b', 'test', 'drip-rate-0001', 'wording']] }, { questions: 2, free: 1, found: [['b', 'test', 'drip-rate-0001', 'wording']] },
    ]);
    await expect(refuseHeldOut([join(folder, 'run')])).rejects.toThrow(/learned from[^]*b is drip-rate-0001 of test/);
  });

  it('takes the same numbers in another kind, and other numbers in the same kind, for free', () => {
    const index = combinationIndex([{ set: 'test', id: 'x', kind: 'daily-dose', numbers: [21, 6, 8] }]);
    expect(index.look('A patient weighs 21 kg. Zinc is ordered at 6 mg/kg per day, in equal doses every 12 hours. How many mg is each dose?')).toEqual({ read: 'free' });
    expect(index.look('In 21 mL are 6 mg. How many mL hold 8 mg?')).toEqual({ read: 'unread' });
    expect(index.look('Which drug helps at rest?')).toEqual({ read: 'unread' });
  });

  it('looks at the training set and the corpus of the base when nothing is named', () => {
    const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, 'check-combinations.ts'), '--json'], { encoding: 'utf8' });
    expect([status, JSON.parse(stdout)]).toMatchObject([0, { questions: 102_000, found: 0, sources: [{ questions: 2000 }, { source: 'corpus of seed 0', questions: 100_000 }] }]);
  });

  it('names the file and line that it cannot read', async () => {
    const path = join(folder, 'broken.jsonl');
    writeFileSync(path, '{"question": "x"}\n{"question": \n');
    await expect(checkCombinations(questionsOf(path), heldOut)).rejects.toThrow(`${path}:2 is not JSON`);
    await expect(checkCombinations(questionsOf(join(folder, 'nowhere')), heldOut)).rejects.toThrow('is not there');
  });
});
