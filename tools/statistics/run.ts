// npm run check:statistics: libs/statistics and libs/decoding beside scipy, statsmodels, scikit-learn, numpy and exact fractions (check.py), on cases that a seed draws (cases.ts). Exit codes: 0 all agree, 1 one does not, 3 Python or the packages are missing.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { privatePython } from '../node/private-python.ts';
import { SetUpError } from '../node/run-program.ts';
import { cases } from './cases.ts';

const here = import.meta.dirname;
if (process.argv.includes('--help')) {
  console.log('npm run check:statistics     compares the statistics and the decoding rules with other implementations of them');
  process.exit(0);
}
try {
  const python = await privatePython({ who: 'The check of the statistics', what: 'the check of the statistics (scipy, statsmodels, scikit-learn; 450 MB, once)', folder: resolve(here, '../../.cache/statistics'), requirementsFile: join(here, 'requirements.txt') }, console.error);
  process.exitCode = spawnSync(python, [join(here, 'check.py')], { input: JSON.stringify(cases()), stdio: ['pipe', 'inherit', 'inherit'] }).status ?? 1;
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(error.message);
  process.exitCode = 3;
}
