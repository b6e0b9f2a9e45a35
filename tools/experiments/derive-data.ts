// A sealed data set -> another one for an experiment, by SQL over its Parquet files. The columns stay as they are, so the trainer reads it like any other.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { copyAsParquet } from '@slowthink/tables';
import { DuckDBInstance } from '@duckdb/node-api';

export type Derivation =
  /** SFT rows are drawn from all chains, right and wrong ones alike, as many as there were right ones: an update more or less is not what is compared. */
  | { readonly kind: 'unfiltered' }
  /** Neither questions of a kind (it stands in their ids) nor questions in whose text the cue stands as a word. */
  | { readonly kind: 'without'; readonly questionKind: string; readonly cue: string };

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const files = (from: string, table: string): string => quoted(join(from, table, '*.parquet'));

/** The question of a row, without Step 0. */
const questionOfPrm = "split_part(prompt, E'\\n\\nStep 0:', 1)";
const questionOfSft = 'prompt[-1].content';

/** Condition on the rows of a table. */
function kept(derivation: Derivation, question: string): string {
  if (derivation.kind === 'unfiltered') return 'true';
  return `question_id NOT LIKE ${quoted(`%/${derivation.questionKind}-%`)} AND NOT regexp_matches(${question}, ${quoted(`\\b${derivation.cue}\\b`)})`;
}

/** Chains of any outcome as SFT rows: the columns of sft, with the chain of a prm row in the place of a right chain. Drawn by the hash of their ids. */
function unfiltered(from: string): string {
  const completion = "[{'role': 'assistant', 'content': concat('Step 0:', split_part(prompt, E'\\n\\nStep 0:', 2), E'\\n\\n', array_to_string(completions, E'\\n\\n'))}]";
  const prompt = `[{'role': 'user', 'content': ${questionOfPrm}}]`;
  return `SELECT * REPLACE (${prompt} AS prompt), ${completion} AS completion, list_min("values") AS min_value FROM (FROM ${files(from, 'prm')} ORDER BY md5(id), id LIMIT (SELECT count(*) FROM ${files(from, 'sft')})) ORDER BY id`;
}

/** Writes OUT/sft and OUT/prm; says how many rows each has. Throws where a table is missing or nothing is left. */
export async function deriveData(from: string, out: string, derivation: Derivation): Promise<{ readonly rows: { readonly sft: number; readonly prm: number } }> {
  for (const table of ['sft', 'prm']) if (!existsSync(join(from, table)) || !readdirSync(join(from, table)).some((name) => name.endsWith('.parquet'))) throw new Error(`${join(from, table)} holds no Parquet file: it is no sealed data set with ${table} rows.`);
  const sft = derivation.kind === 'unfiltered' ? unfiltered(from) : `SELECT * FROM ${files(from, 'sft')} WHERE ${kept(derivation, questionOfSft)} ORDER BY id`;
  const prm = `SELECT * FROM ${files(from, 'prm')} WHERE ${kept(derivation, questionOfPrm)} ORDER BY id`;
  const rows = { sft: 0, prm: 0 };
  const connection = await (await DuckDBInstance.create()).connect();
  try {
    for (const [table, select] of [['sft', sft], ['prm', prm]] as const) {
      mkdirSync(join(out, table), { recursive: true });
      const file = join(out, table, 'train-00000-of-00001.parquet');
      await copyAsParquet(select, file);
      rows[table] = Number((await connection.runAndReadAll(`SELECT count(*) FROM ${quoted(file)}`)).getRows()[0]![0]);
      if (rows[table] === 0) throw new Error(`Nothing of ${from} is left in ${table} ${derivation.kind === 'without' ? `without ${JSON.stringify(derivation)}` : ''}.`);
    }
  } finally { connection.closeSync(); }
  return { rows };
}
