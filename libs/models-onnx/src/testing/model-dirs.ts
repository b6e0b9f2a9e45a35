import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A fixture model folder: random weights, the tokenizer of the seed models. */
export const fixtureDir = (name: 'llama' | 'qwen2' | 'scorer'): string => join(import.meta.dirname, 'models', name);

export interface ModelCopy {
  readonly dir: string;
  readonly remove: (...names: readonly string[]) => void;
  readonly write: (name: string, text: string) => void;
  /** Changes fields of a JSON file; undefined takes one away. */
  readonly edit: (name: string, changes: Record<string, unknown>) => void;
  readonly discard: () => void;
}

/** A copy of a fixture without its checksums, to be spoilt; removed when the test ends. `checksums` keeps them. */
export function copyModel(name: 'llama' | 'qwen2' | 'scorer', options: { readonly checksums?: boolean; readonly as?: string } = {}): ModelCopy {
  const copy = keptCopy(name, options);
  onTestFinished(copy.discard);
  return copy;
}

/** The same for several tests: whoever makes it discards it. */
export function keptCopy(name: 'llama' | 'qwen2' | 'scorer', { checksums = false, as = name as string }: { readonly checksums?: boolean; readonly as?: string } = {}): ModelCopy {
  const parent = mkdtempSync(join(tmpdir(), 'slowthink-model-')), dir = join(parent, as);
  cpSync(fixtureDir(name), dir, { recursive: true });
  const remove = (...names: readonly string[]) => { for (const one of names) rmSync(join(dir, one), { recursive: true }); };
  const write = (file: string, text: string) => writeFileSync(join(dir, file), text);
  if (!checksums) remove('checksums.json');
  return {
    dir, remove, write, edit: (file, changes) => write(file, JSON.stringify({ ...JSON.parse(readFileSync(join(dir, file), 'utf8')) as object, ...changes })),
    discard: () => rmSync(parent, { recursive: true, force: true }),
  };
}

/** The fault that a promise rejects with, as a user reads it: message and hint. */
export async function faultOf(promise: Promise<unknown>): Promise<{ readonly code: string; readonly message: string; readonly hint: string }> {
  try { await promise; } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint: string };
    return { code, message, hint };
  }
  throw new Error('nothing was thrown');
}
