import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runProgram } from '../node/run-program.ts';
import { scorerPython } from './start-scorer-server.ts';

/** The policy that ships: full weights beside which there is no adapter. */
export const seedPolicy = resolve(import.meta.dirname, '../../libs/seed-models/policy');

export interface TinyModels {
  readonly python: string;
  /** Path of one of the folders that make_tiny.py writes. */
  readonly at: (name: string) => string;
  readonly remove: () => void;
}

/** Tiny random models in the layout of the released weights; with a base, the adapter of a scorer on it alone. */
export async function tinyModels(base?: string): Promise<TinyModels> {
  const python = await scorerPython((line) => console.error(line));
  const folder = mkdtempSync(join(tmpdir(), 'slowthink-scorer-'));
  const made = await runProgram(python, [join(import.meta.dirname, 'make_tiny.py'), folder, ...(base === undefined ? [] : [base])]);
  if (made.code !== 0) throw new Error(made.output);
  return { python, at: (name) => join(folder, name), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
