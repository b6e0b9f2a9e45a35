import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram, SetUpError } from './run-program.ts';

/** Whose Python it is. */
export interface PythonNeeds {
  readonly who: string; // begins a sentence: "The model server"
  /** What is being made, said once: "the model server (130 MB, once)". */
  readonly what: string;
  /** Where it is kept: a folder in .cache. */
  readonly folder: string;
  /** Every package with its version, since nothing else is installed; checked against hashes where it has some. */
  readonly requirementsFile: string;
  readonly pythons?: readonly string[];
  /** Default 3.10. */
  readonly pythonMin?: PythonVersion;
}

export type PythonVersion = readonly [major: number, minor: number];

const usualMin: PythonVersion = [3, 10];
const pythonOf = (venv: string): string => (process.platform === 'win32' ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python'));

/** Names under which the system has a Python. */
export const usualPythons = (): readonly string[] => (process.platform === 'win32' ? ['python', 'py'] : ['python3', 'python']);

/** The first Python on the path that is new enough. Throws SetUpError. */
export async function findPython(who: string, candidates: readonly string[] = usualPythons(), pythonMin: PythonVersion = usualMin): Promise<string> {
  const seen: string[] = [];
  for (const candidate of candidates) {
    const { code, output } = await runProgram(candidate, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
    const version = /^(\d+)\.(\d+)\s*$/m.exec(output);
    if (code !== 0 || version === null) continue;
    const [major, minor] = [Number(version[1]), Number(version[2])];
    if (major > pythonMin[0] || (major === pythonMin[0] && minor >= pythonMin[1])) return candidate;
    seen.push(`${candidate} is ${major}.${minor}`);
  }
  throw new SetUpError(`${who} needs Python ${pythonMin.join('.')} or newer${seen.length > 0 ? ` (${seen.join(', ')})` : '; there is no python3 on the PATH'}. Install it and try again.`);
}

/** Where the private Python of these requirements is, or will be: the path of its interpreter. */
export function placeOfPython({ folder, requirementsFile }: Pick<PythonNeeds, 'folder' | 'requirementsFile'>): string {
  return pythonOf(venvOf(folder, readFileSync(requirementsFile, 'utf8')));
}

const venvOf = (folder: string, requirements: string): string => join(folder, `venv-${createHash('sha256').update(requirements).digest('hex').slice(0, 12)}`);

/** A private Python with exactly the pinned packages, made once; a change of the requirements makes a new one. Returns the path of its interpreter. Throws SetUpError. */
export async function privatePython({ who, what, folder, requirementsFile, pythons, pythonMin }: PythonNeeds, say: (line: string) => void, signal?: AbortSignal): Promise<string> {
  const requirements = readFileSync(requirementsFile, 'utf8');
  const venv = venvOf(folder, requirements);
  if (existsSync(pythonOf(venv))) return pythonOf(venv);
  const python = await findPython(who, pythons, pythonMin);
  const making = `${venv}.${process.pid}`;
  mkdirSync(folder, { recursive: true });
  try {
    say(`Setting up ${what} …`);
    const made = await runProgram(python, ['-m', 'venv', making], signal);
    signal?.throwIfAborted();
    if (made.code !== 0) throw new SetUpError(`"${python} -m venv" failed. On Debian and Ubuntu install the package python3-venv.\n${made.output}`);
    const hashes = requirements.includes('--hash=') ? ['--require-hashes'] : [];
    const installed = await runProgram(pythonOf(making), ['-m', 'pip', 'install', '--no-deps', ...hashes, '--only-binary=:all:', '--disable-pip-version-check', '--quiet', '-r', requirementsFile], signal);
    signal?.throwIfAborted();
    if (installed.code !== 0) throw new SetUpError(`pip could not install ${requirementsFile}. Check the connection to the package index.\n${installed.output}`);
    try { renameSync(making, venv); } catch (error) { if (!existsSync(pythonOf(venv))) throw error; } // another process was first: its work is the same
  } finally { rmSync(making, { recursive: true, force: true }); }
  return pythonOf(venv);
}
