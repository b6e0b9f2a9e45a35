// The questions of whatever may be learned from: question files, sealed data sets, files in the form of MedSSS-data, the pretraining corpus.
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { DuckDBInstance } from '@duckdb/node-api';
import { workedProblems } from '../dosage/corpus.ts';

export interface AskedQuestion {
  readonly source: string;
  readonly id: string; // of the question, else its line or place
  readonly question: string;
}

/** A sealed data set or a run's folder (each question once a table), a Parquet file of one, or JSON or JSONL with a column question, text or prompt. Throws an Error that names the path. Memory: one file of JSON, one batch of the others. */
export async function* questionsOf(path: string): AsyncIterable<AskedQuestion> {
  if (!existsSync(path)) throw new Error(`${path} is not there.`);
  if (statSync(path).isDirectory()) {
    const files = tablesOf(existsSync(join(path, 'dataset')) ? join(path, 'dataset') : path);
    if (files.length === 0) throw new Error(`${path} holds no Parquet file of a sealed data set. Seal it first: slowthink seal --dir ${path}`);
    for (const file of files) yield* parquetQuestions(file);
  } else if (path.endsWith('.parquet')) yield* parquetQuestions(path);
  else if (path.endsWith('.json')) yield* rowsIn(path);
  else yield* linesIn(path);
}

/** Questions of the corpus that "tools/dosage/main.ts corpus" writes: the same seed, the same problems. */
export function* corpusQuestions(problems: number, seed: string): Iterable<AskedQuestion> {
  let place = 0;
  for (const { problem } of workedProblems(seed)) {
    if (place++ === problems) return;
    yield { source: `corpus of seed ${seed}`, id: `problem ${place}`, question: problem.question };
  }
}

const tablesOf = (folder: string): readonly string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.parquet') && !file.startsWith('lineage')).sort().map((file) => join(folder, file));

/** Prompts of prm rows are "question, blank line, Step 0: …"; those of the others a list of messages. */
async function* parquetQuestions(path: string): AsyncIterable<AskedQuestion> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const source = await connection.stream(`SELECT DISTINCT question_id, to_json(prompt)::VARCHAR AS prompt FROM '${resolve(path).replaceAll("'", "''")}' ORDER BY question_id`);
    for await (const rows of source.yieldRowObjects()) for (const row of rows) yield { source: path, id: String(row['question_id']), question: questionIn(JSON.parse(String(row['prompt']))) };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The question of a prompt: the last message of the user, or the text before Step 0. */
function questionIn(prompt: unknown): string {
  const text = Array.isArray(prompt) ? (prompt as readonly { readonly role: string; readonly content: string }[]).findLast(({ role }) => role === 'user')?.content ?? '' : String(prompt);
  return text.replace(/\n\nStep 0: [\s\S]*$/u, '');
}

async function* linesIn(path: string): AsyncIterable<AskedQuestion> {
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    line++;
    if (text.trim() !== '') yield rowOf(path, parse(text, `${path}:${line}`), `line ${line}`);
  }
}

function* rowsIn(path: string): Iterable<AskedQuestion> {
  const rows = parse(readFileSync(path, 'utf8'), path);
  if (!Array.isArray(rows)) throw new Error(`${path} holds no list of rows.`);
  for (const [at, row] of rows.entries()) yield rowOf(path, row, `row ${at + 1}`);
}

function parse(text: string, where: string): unknown {
  try { return JSON.parse(text); } catch (cause) { throw new Error(`${where} is not JSON: ${(cause as Error).message}.`, { cause }); }
}

function rowOf(path: string, row: unknown, place: string): AskedQuestion {
  const { id, question, prompt, conversations } = (row ?? {}) as { readonly [name: string]: unknown };
  const turns = Array.isArray(conversations) ? (conversations as readonly { readonly from?: string; readonly value?: string }[]).findLast(({ from }) => from === 'human')?.value : undefined;
  const inPrompt = typeof prompt === 'object' && prompt !== null && 'text' in prompt ? prompt.text : prompt;
  const text = [question, turns, inPrompt].find((each) => typeof each === 'string');
  if (text === undefined) throw new Error(`${basename(path)}, ${place}, has no question: a column question, conversations or prompt is wanted.`);
  return { source: path, id: typeof id === 'string' || typeof id === 'number' ? String(id) : place, question: questionIn(text) };
}
