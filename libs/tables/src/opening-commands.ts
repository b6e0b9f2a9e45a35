import { join } from 'node:path';
import { sqlText } from './column-sql.ts';
import { shownKinds } from './kinds.ts';
import type { SealedFile } from './sealed-file.ts';

/** One line each, ready for a shell. */
export interface OpeningCommands { readonly duckdb: string; readonly pandas: string }

/** The lines that open the first split of a data set: sft before prm before pairs, train before test. */
export function openingCommands(path: string, format: 'parquet' | 'arrow', files: readonly SealedFile[]): OpeningCommands {
  const { kind, split } = files.toSorted((a, b) => shownKinds.indexOf(a.kind) - shownKinds.indexOf(b.kind))[0]!;
  const own = files.filter((file) => file.kind === kind && file.split === split);
  const glob = join(path, kind, `${split}-*.${format}`);
  const pattern = own.length === 1 ? join(path, own[0]!.file) : glob;
  const python = (text: string): string => JSON.stringify(text);
  const read = format === 'parquet' ? 'read_parquet' : 'read_feather';
  const frame = own.length === 1 ? `p.${read}(${python(pattern)})` : `p.concat(map(p.${read}, sorted(glob(${python(glob)}))))`;
  const imports = `import pandas as p${own.length === 1 ? '' : '; from glob import glob'}`;
  const pandas = `python3 -c ${shell(`${imports}; print(${frame})`)}`;
  if (format === 'parquet') return { duckdb: `duckdb -c ${shell(`FROM ${sqlText(pattern)} LIMIT 5`)}`, pandas };
  return { duckdb: `python3 -c ${shell(`import duckdb; ${imports}; rows = ${frame}; print(duckdb.sql("FROM rows LIMIT 5"))`)}`, pandas };
}

const shell = (text: string): string => (/[$`"\\!]/.test(text) ? `'${text.replaceAll("'", `'\\''`)}'` : `"${text}"`);
