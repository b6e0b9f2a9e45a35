// Files of the shapes that hubs publish, made here: no proof about the real ones, whose manifests say "Mapping not run on the real file."
import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findShape, readManifests, type KnownDataset } from './manifests.ts';
import { parseMapping } from './mapping.ts';
import { readCorpus, type CorpusRequest } from './read-corpus.ts';

let folder: string;
let manifests: readonly KnownDataset[];
beforeAll(async () => { folder = mkdtempSync(join(tmpdir(), 'shapes-')); manifests = await readManifests(); });
afterAll(() => { rmSync(folder, { recursive: true }); });

async function parquet(name: string, rows: string): Promise<string> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const path = join(folder, name);
  await connection.run(`COPY (${rows}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  return path;
}

async function read(path: string, request: Partial<CorpusRequest> = {}) {
  const seen: { shape: string | undefined; questions: (readonly [id: string, text: string, gold: unknown])[]; faults: string[] } = { shape: undefined, questions: [], faults: [] };
  for await (const item of readCorpus({ paths: [path], manifests, dataset: 'set', ...request })) {
    if (item.kind === 'file') seen.shape = item.shape;
    if (item.kind === 'question') seen.questions.push([item.question.id, item.question.prompt.text, item.question.gold]);
    if (item.kind === 'fault') seen.faults.push(item.fault.message);
  }
  return seen;
}

const drugs = [{ letter: 'A', text: 'Aspirin' }, { letter: 'B', text: 'Heparin' }, { letter: 'C', text: 'Morphine' }, { letter: 'D', text: 'Atropine' }];
const asked = 'Which drug?\nA. Aspirin\nB. Heparin\nC. Morphine\nD. Atropine';

test('reads the four options of MedQA by the letter', async () => {
  const path = await parquet('medqa.parquet', `SELECT 'Which drug?' question, 'Morphine' answer, {A: 'Aspirin', B: 'Heparin', C: 'Morphine', D: 'Atropine'} AS options, 'step1' meta_info, 'C' answer_idx, ['drug'] metamap_phrases`);
  expect(await read(path)).toEqual({ shape: 'MedQA with four options, as GBaker/MedQA-USMLE-4-options has it', questions: [['set/train/row-1', asked, { kind: 'choice', answer: 'C', options: drugs }]], faults: [] });
});

test('counts the right option of MedMCQA from 0 in Parquet; a test part without answers gives faults and no question', async () => {
  const row = (id: string, cop: number): string => `SELECT '${id}' id, 'Which drug?' question, 'Aspirin' opa, 'Heparin' opb, 'Morphine' opc, 'Atropine' opd, ${cop}::BIGINT cop, 'single' choice_type, NULL::VARCHAR exp, 'Pharmacology' subject_name, NULL::VARCHAR topic_name`;
  const seen = await read(await parquet('medmcqa.parquet', `${row('a1', 0)} UNION ALL ${row('a2', -1)}`));
  expect(seen).toEqual({ shape: 'MedMCQA, as openlifescienceai/medmcqa has it', questions: [['set/train/a1', asked, { kind: 'choice', answer: 'A', options: drugs }]], faults: ['The answer "-1" of the row on row 2 is none of the options A, B, C, D.'] });
});

test('leaves the JSON lines of MedMCQA, which count from 1, to a mapping', async () => {
  const path = join(folder, 'medmcqa.jsonl');
  writeFileSync(path, `${JSON.stringify({ id: 'a1', question: 'Which drug?', opa: 'Aspirin', opb: 'Heparin', opc: 'Morphine', opd: 'Atropine', cop: 1 })}\n`);
  await expect(read(path)).rejects.toMatchObject({ code: 'QUESTION_MAPPING_WRONG' });
  expect((await read(path, { mapping: parseMapping('question=question,answer=cop,options=opa|opb|opc|opd,id=id,kind:choice-from-1') })).questions[0]).toEqual(['set/train/a1', asked, { kind: 'choice', answer: 'A', options: drugs }]);
});

test('asks PubMedQA with its abstract, part by part', async () => {
  const path = await parquet('pubmedqa.parquet', `SELECT 21645374::INTEGER pubid, 'Do they die?' question, {contexts: ['Cells were counted.', 'Half were dead.'], labels: ['METHODS', 'RESULTS'], meshes: ['Cells']} context, 'They do.' long_answer, 'yes' final_decision`);
  expect(await read(path)).toEqual({ shape: 'PubMedQA, labelled part, as qiaojin/PubMedQA has it', questions: [['set/train/21645374', 'Cells were counted.\n\nHalf were dead.\n\nDo they die?', { kind: 'yes-no-maybe', answer: 'yes' }]], faults: [] });
});

test('takes the answer of MMLU for the place of a choice, which plain columns would take for words', async () => {
  const path = await parquet('mmlu.parquet', `SELECT 'Which drug?' question, 'anatomy' subject, ['Aspirin', 'Heparin', 'Morphine', 'Atropine'] choices, 3::BIGINT answer`);
  expect((await read(path)).questions).toEqual([['set/train/row-1', asked, { kind: 'choice', answer: 'D', options: drugs }]]);
  expect((await read(path, { manifests: [] })).questions[0]![2]).toEqual({ kind: 'open', answer: '3' });
});

test('joins note and question of MedCalc and keeps its limits; a date is compared as it is written', async () => {
  const row = (values: string): string => `SELECT 7::BIGINT "Row Number", 'He weighs 80 kg and is 1.71 m tall.' "Patient Note", 'What is his BMI?' "Question", ${values}`;
  const seen = await read(await parquet('calc.parquet', `${row(`'decimal' "Output Type", '27.359' "Ground Truth Answer", '25.991' "Lower Limit", '28.727' "Upper Limit"`)} UNION ALL ${row(`'date', '03/15/2021', '03/15/2021', '03/15/2021'`)}`));
  expect(seen.questions).toEqual([
    ['set/train/row-1', 'He weighs 80 kg and is 1.71 m tall.\n\nWhat is his BMI?', { kind: 'number', answer: 27.359, unit: '', tolerance: 0.01, lower: 25.991, upper: 28.727 }],
    ['set/train/row-2', 'He weighs 80 kg and is 1.71 m tall.\n\nWhat is his BMI?', { kind: 'span', answer: '03/15/2021' }],
  ]);
});

test('reads the rows of MedXpertQA and of a rare-disease case by their manifests', async () => {
  const lines = (name: string, row: object): string => { const path = join(folder, name); writeFileSync(path, `${JSON.stringify(row)}\n`); return path; };
  const options = Object.fromEntries([...'ABCDEFGHIJ'].map((letter) => [letter, `drug ${letter}`]));
  const expert = await read(lines('medxpertqa.jsonl', { id: 'Text-0', question: 'Which drug?\nAnswer Choices: (A) drug A (B) drug B', options, label: 'J', medical_task: 'Treatment', body_system: 'Skin', question_type: 'Reasoning' }), { dataset: undefined });
  expect(expert.questions).toEqual([['medxpertqa/test/Text-0', expect.stringMatching(/\(B\) drug B\nA\. drug A\n[^]+\nJ\. drug J$/u), expect.objectContaining({ kind: 'choice', answer: 'J' })]]);
  const rare = await read(lines('RDC.json', { _id: 'PMC1', case_report: 'A boy falls often.', test_results: 'The DMD gene lacks exons.', diagnosis: 'Duchenne muscular dystrophy', Orpha_id: '98896' }), { dataset: undefined });
  expect(rare.questions).toEqual([['rare-disease-confirmation/test/PMC1', 'A boy falls often.\n\nThe DMD gene lacks exons.\n\nWhich rare disease does this patient have?', { kind: 'name', answer: 'Duchenne muscular dystrophy' }]]);
});

test('reads the training parts of the seed sets by their manifests', async () => {
  const exams = await read(await parquet('medmcqa-train.parquet', `SELECT 'x1' id, 'Which drug?' question, 'Aspirin' opa, 'Heparin' opb, 'Morphine' opc, 'Atropine' opd, 3::BIGINT cop, 'single' choice_type`), { dataset: undefined });
  expect(exams.questions).toEqual([['medmcqa-train/train/x1', asked, { kind: 'choice', answer: 'D', options: drugs }]]);
  const papers = await read(await parquet('pubmedqa-train.parquet', `SELECT 7::BIGINT pubid, 'Does it help?' question, { contexts: ['It was tried.', 'It was good.'], labels: ['A', 'B'], meshes: ['x'] } context, 'Yes.' long_answer, 'yes' final_decision`), { dataset: undefined });
  expect(papers.questions).toEqual([['pubmedqa-train/train/7', expect.stringMatching(/^It was tried\.[^]+It was good\.[^]+Does it help\?/u), { kind: 'yes-no-maybe', answer: 'yes' }]]);
});

test('takes the bounds of a MedSSS row beside its answer', async () => {
  const path = join(folder, 'limits.json');
  writeFileSync(path, JSON.stringify([{ id: 1, conversations: [{ from: 'human', value: 'Which BMI?' }], eval: { answer: '27.3', 'Lower Limit': '25.9', 'Upper Limit': '28.7', 'Calculator ID': '6' } }]));
  expect((await read(path)).questions).toEqual([['set/train/1', 'Which BMI?', { kind: 'number', answer: 27.3, unit: '', tolerance: 0.01, lower: 25.9, upper: 28.7 }]]);
});

test('refuses a part of a question that is no text', async () => {
  const path = join(folder, 'parts.jsonl');
  writeFileSync(path, `${JSON.stringify({ note: 7, asked: 'Why?', a: 'x' })}\n`);
  expect((await read(path, { mapping: parseMapping('question=note|asked,answer=a') })).faults).toEqual(['The column "note" of the row on line 1 is a part of the question and holds no text.']);
});

test('chooses the shape that knows the most columns, and none where one is missing or the format is another', () => {
  const columns = new Set(['id', 'question', 'opa', 'opb', 'opc', 'opd', 'cop']);
  expect(findShape(manifests, columns, 'parquet')?.name).toContain('openlifescienceai/medmcqa');
  expect(findShape(manifests, columns, 'jsonl')).toBeUndefined();
  expect(findShape(manifests, new Set([...columns].filter((name) => name !== 'cop')), 'parquet')).toBeUndefined();
});
