import { readFileSync } from 'node:fs';
import { FaultError } from '@slowthink/faults';
import { runProgram } from '@slowthink/programs';

export const trainingPython = [3, 11] as const; // at least

// Versions are read without importing anything; torch alone is imported, since its libraries are what a system lacks.
const script = `
import importlib.metadata as m, json, sys
found = {}
for name in sys.argv[1:]:
    try: found[name] = m.version(name)
    except m.PackageNotFoundError: found[name] = None
broken = None
if sys.version_info >= (${trainingPython.join(', ')}) and all(found.values()) and "torch" in found:
    try: import torch
    except Exception as error: broken = f"{type(error).__name__}: {error}"
print(json.dumps({"version": list(sys.version_info[:3]), "found": found, "broken": broken}))
`;

interface Look { readonly version: readonly number[]; readonly found: { readonly [name: string]: string | null }; readonly broken: string | null }

/** Names of the packages in a requirements file, those it lists itself. */
export const packagesIn = (requirementsFile: string): readonly string[] => readFileSync(requirementsFile, 'utf8').split('\n').flatMap((line) => /^([A-Za-z0-9._-]+)==/.exec(line.trim())?.[1] ?? []);

/** "Python 3.11.7, torch 2.15.0", where a Python can train. TRAINER_MISSING: it is not there, is too old, lacks packages, or has a broken torch. */
export async function lookAtPython(python: string, packages: readonly string[], signal?: AbortSignal): Promise<string> {
  const { code, output } = await runProgram(python, ['-c', script, ...packages], signal);
  signal?.throwIfAborted();
  let look: Look | undefined;
  try { look = JSON.parse(output.slice(output.lastIndexOf('{"version"'))) as Look; } catch { /* named below */ }
  if (code === null) throw new FaultError('TRAINER_MISSING', `There is no Python at ${python} (${output}).`);
  if (code !== 0 || look === undefined) throw new FaultError('TRAINER_MISSING', `${python} is no Python 3 that works: it ended with exit code ${code}.${output.trim() === '' ? '' : ` It printed: ${output.trim().split('\n').at(-1)}`}`);
  const version = look.version.join('.');
  const [major = 0, minor = 0] = look.version;
  if (major < trainingPython[0] || (major === trainingPython[0] && minor < trainingPython[1])) throw new FaultError('TRAINER_MISSING', `${python} is Python ${version}; training needs ${trainingPython.join('.')} or newer.`);
  const absent = Object.entries(look.found).filter(([, found]) => found === null).map(([name]) => name);
  if (absent.length > 0) throw new FaultError('TRAINER_MISSING', `${python} lacks ${absent.join(', ')}.`, { hint: `Install ${absent.length === 1 ? 'it' : 'them'} there (tools/training/requirements.txt has the versions), or use --trainer local, which makes a Python of its own.` });
  if (look.broken !== null) throw new FaultError('TRAINER_MISSING', `${python} cannot import torch: ${look.broken.replace(/\.$/, '')}.`);
  return `Python ${version}${look.found['torch'] === undefined ? '' : `, torch ${look.found['torch']}`}`;
}
