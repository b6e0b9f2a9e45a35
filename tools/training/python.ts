// Prints the path of a Python with everything that .ci/training needs (trainers, scorer server, pytest), made once in .cache/training-tests: 6 GB.
import { join, resolve } from 'node:path';
import { privatePython, SetUpError } from '@slowthink/programs';

const here = import.meta.dirname;
try {
  console.log(await privatePython({ who: 'The check of training', what: 'the Python that trains and its tests (6 GB, once)', folder: resolve(here, '../../.cache/training-tests'), requirementsFile: join(here, 'requirements-tests.txt'), pythonMin: [3, 11] }, console.error));
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(error.message);
  process.exitCode = 3;
}
