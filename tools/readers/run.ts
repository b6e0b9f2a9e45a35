// node tools/readers/run.ts FOLDER…: reads sealed data sets with pyarrow, DuckDB and pandas and checks them against their cards (check.py). Exit codes: 0 all hold, 1 one does not, 2 wrong use, 3 Python or the packages are missing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const here = import.meta.dirname;
const requirements = join(here, 'requirements.txt');
const folders = process.argv.slice(2).map((folder) => resolve(folder));
if (folders.length === 0 || process.argv.includes('--help')) {
  console.error('node tools/readers/run.ts FOLDER…     checks sealed data sets, for example runs/default/dataset');
  process.exit(folders.length === 0 ? 2 : 0);
}

const pythonOf = (venv: string): string => (process.platform === 'win32' ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python'));

/** Exit code of a command; what it printed goes to stderr if it failed and `quiet` is set. */
function call(command: string, args: readonly string[], quiet = true): number {
  const { status, error, stderr, stdout } = spawnSync(command, args, quiet ? { encoding: 'utf8' } : { stdio: 'inherit' });
  if (quiet && status !== 0) console.error(error?.message ?? `${String(stdout)}${String(stderr)}`);
  return status ?? 1;
}

/** A private Python with exactly the pinned packages, made once; a change of requirements.txt makes a new one. */
function setUp(): string {
  const cache = resolve(here, '../../.cache/readers');
  const venv = join(cache, `venv-${createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12)}`);
  if (existsSync(pythonOf(venv))) return pythonOf(venv);
  const missing = (message: string): never => { console.error(message); process.exit(3); };
  const making = `${venv}.${process.pid}`;
  mkdirSync(cache, { recursive: true });
  process.on('exit', () => { rmSync(making, { recursive: true, force: true }); });
  console.error('Setting up the readers (pyarrow, DuckDB, pandas; once) …');
  if (call(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', making]) !== 0) missing('The readers need Python 3.10 or newer with the module venv (Debian and Ubuntu: the package python3-venv).');
  if (call(pythonOf(making), ['-m', 'pip', 'install', '--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '--quiet', '-r', requirements]) !== 0) missing(`pip could not install ${requirements}.`);
  try { renameSync(making, venv); } catch (error) { if (!existsSync(pythonOf(venv))) throw error; } // another process was first: its work is the same
  return pythonOf(venv);
}

process.exitCode = call(setUp(), [join(here, 'check.py'), ...folders], false);
