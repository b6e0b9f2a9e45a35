// What was fixed before the first run, by sha256; and which of it changed since.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { modelHash } from '@slowthink/training';
import { draws, primaryTests, resampleSeed } from './analyse.ts';

const repository = resolve(import.meta.dirname, '../..');

export interface Registration {
  readonly registeredAt: string; // ISO date
  readonly base: string; // model hash of libs/seed-models/policy
  /** sha256 of each file, by its path in the repository. */
  readonly files: { readonly [path: string]: string };
  readonly set: string;
  readonly candidates: number;
  readonly bootstrap: { readonly draws: number; readonly seed: number };
  readonly primary: readonly { readonly title: string; readonly wanted: number }[];
}

/** Data, planted misconceptions, analysis, table of experiments, and the recipes they use. */
const registeredFiles = [
  'datasets/dosage/train.jsonl', 'datasets/dosage/dev.jsonl', 'datasets/dosage/test.jsonl', 'docs/misconceptions.md',
  ...['analyse', 'outcomes', 'experiments', 'derive-data', 'plain-sampling', 'log-probability-votes', 'decode-test', 'document'].map((name) => `tools/experiments/${name}.ts`), 'tools/experiments/log_probabilities.py',
  'tools/training/configs/seed-cpu.json', 'libs/evolution/src/evolution-recipe.ts', 'libs/search/src/recipes.ts',
];

/** What was not registered and has a say too; listed with its present hashes. */
const otherFiles = [...['main', 'workshop', 'costs', 'making-costs', 'tokens-of-run', 'evolution-lines', 'python-of', 'check-combinations', 'combination-index', 'questions-of', 'read-combination'].map((name) => `tools/experiments/${name}.ts`), 'tools/dosage/test-set.ts'];

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(join(repository, path))).digest('hex');

export async function register(registeredAt: string, set: string, candidates: number): Promise<Registration> {
  const missing = registeredFiles.filter((path) => !existsSync(join(repository, path)));
  if (missing.length > 0) throw new Error(`Not there, and wanted in the registration: ${missing.join(', ')}.`);
  return {
    registeredAt, base: await modelHash(join(repository, 'libs/seed-models/policy')), files: Object.fromEntries(registeredFiles.map((path) => [path, sha256(path)])),
    set, candidates, bootstrap: { draws, seed: resampleSeed }, primary: primaryTests.map(({ title, wanted }) => ({ title, wanted })),
  };
}

/** One line for everything that is not as it was registered; empty: all is. */
export async function changedSince({ base, files }: Registration): Promise<readonly string[]> {
  const weights = await modelHash(join(repository, 'libs/seed-models/policy'));
  return [
    ...(weights === base ? [] : [`libs/seed-models/policy: model hash ${weights.slice(0, 16)}, registered ${base.slice(0, 16)}`]),
    ...Object.entries(files).flatMap(([path, registered]) => {
      const now = existsSync(join(repository, path)) ? sha256(path) : 'gone';
      return now === registered ? [] : [`${path}: sha256 ${now.slice(0, 16)}, registered ${registered.slice(0, 16)}`];
    }),
  ];
}

/** One line for everything that was never registered, as it is now. */
export async function notRegistered({ files }: Registration): Promise<readonly string[]> {
  return [`libs/seed-models/scorer: model hash ${(await modelHash(join(repository, 'libs/seed-models/scorer'))).slice(0, 16)}`, ...otherFiles.filter((path) => files[path] === undefined).map((path) => `${path}: sha256 ${sha256(path).slice(0, 16)}`)];
}
