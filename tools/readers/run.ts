// node tools/readers/run.ts FOLDER…: reads sealed data sets with pyarrow, DuckDB and pandas and checks them against their cards (check.py); of an evaluation's results (a folder with summary.json) it computes rules and accuracies again (check_evaluation.py). Exit codes: 0 all hold, 1 one does not, 2 wrong use, 3 Python or the packages are missing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { privatePython } from '../node/private-python.ts';
import { SetUpError } from '../node/run-program.ts';

const here = import.meta.dirname;
const folders = process.argv.slice(2).map((folder) => resolve(folder));
if (folders.length === 0 || process.argv.includes('--help')) {
  console.error('node tools/readers/run.ts FOLDER…     checks sealed data sets and results of evaluations, for example runs/default/dataset runs/evaluation/results');
  process.exit(folders.length === 0 ? 2 : 0);
}

try {
  const python = await privatePython({ who: 'The check of the data sets', what: 'the readers (pyarrow, DuckDB, pandas; once)', folder: resolve(here, '../../.cache/readers'), requirementsFile: join(here, 'requirements.txt') }, console.error);
  const [results, sealed] = [true, false].map((evaluation) => folders.filter((folder) => existsSync(join(folder, 'summary.json')) === evaluation)) as [string[], string[]];
  const failed = ([['check.py', sealed], ['check_evaluation.py', results]] as const).map(([script, all]) => (all.length === 0 ? 0 : spawnSync(python, [join(here, script), ...all], { stdio: 'inherit' }).status ?? 1));
  process.exitCode = Math.max(...failed);
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(error.message);
  process.exitCode = 3;
}
