// node tools/readers/run.ts FOLDER…: reads sealed data sets with pyarrow, DuckDB and pandas and checks them against their cards (check.py). Exit codes: 0 all hold, 1 one does not, 2 wrong use, 3 Python or the packages are missing.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { privatePython } from '../node/private-python.ts';
import { SetUpError } from '../node/run-program.ts';

const here = import.meta.dirname;
const folders = process.argv.slice(2).map((folder) => resolve(folder));
if (folders.length === 0 || process.argv.includes('--help')) {
  console.error('node tools/readers/run.ts FOLDER…     checks sealed data sets, for example runs/default/dataset');
  process.exit(folders.length === 0 ? 2 : 0);
}

try {
  const python = await privatePython({ who: 'The check of the data sets', what: 'the readers (pyarrow, DuckDB, pandas; once)', folder: resolve(here, '../../.cache/readers'), requirementsFile: join(here, 'requirements.txt') }, console.error);
  process.exitCode = spawnSync(python, [join(here, 'check.py'), ...folders], { stdio: 'inherit' }).status ?? 1;
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(error.message);
  process.exitCode = 3;
}
