// The Python of the experiments, found before anything is made: it pretrains the clean base and computes log-probabilities, and with "local:PATH" it trains too.
import { spawnSync } from 'node:child_process';

/** --python, else the PATH of --trainer local:PATH, else SLOWTHINK_PYTHON. Throws with what to type. */
export function pythonOf({ python, trainer, fromEnvironment }: { readonly python: string | undefined; readonly trainer: string; readonly fromEnvironment: string | undefined }): string {
  const found = python ?? (/^local:(.+)$/u.exec(trainer)?.[1] || fromEnvironment || undefined);
  if (found === undefined) throw new Error(`No Python is named, and a part of the experiments needs one beside the trainer "${trainer}". Make one (python3 -m venv .venv && .venv/bin/pip install -r tools/seed-models/requirements.txt) and add --trainer local:.venv/bin/python or --python .venv/bin/python.`);
  return found;
}

/** Throws where it is not there, or lacks a package that is needed later. */
export function checkPython(python: string, cwd: string): string {
  const { status, error, stderr } = spawnSync(python, ['-c', 'import torch, transformers, tokenizers, onnx'], { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${python} cannot be used: ${error?.message ?? stderr.trim().split('\n').at(-1)}. Its packages: pip install -r tools/seed-models/requirements.txt`);
  return python;
}
