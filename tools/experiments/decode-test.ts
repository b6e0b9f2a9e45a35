// Decodes the test set with every finished system, once: candidates and verdicts stay in the workshop, rights go into outcomes.json.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256Of } from '@slowthink/tables';
import type { System } from './experiments.ts';
import { logProbabilityVotes } from './log-probability-votes.ts';
import { outcomesOf, writeOutcomes, type Decoded, type Outcomes } from './outcomes.ts';
import { modelHash, type Workshop } from './workshop.ts';

export interface TestSet {
  readonly name: string;
  readonly file: string;
  /** Where no manifest knows the file: its path in the repository, and how it is read. */
  readonly drawn?: { readonly path: string; readonly mapping: string };
}

export interface Decoding {
  readonly shop: Workshop;
  readonly set: TestSet;
  readonly systems: readonly System[];
  readonly candidates: number;
  readonly python: string; // with torch, for the log-probabilities
  readonly outcomesFile: string;
  readonly commit: string;
  readonly decodedAt: string;
}

/** Systems whose candidates are also weighed by the policy's own probability of them. */
const weighed = ['round-1', 'round-2'];

/** A set that was decoded before is refused: after a change of recipe a new one is drawn. */
export function refuseDecoded(outcomesFile: string): void {
  if (existsSync(outcomesFile)) throw new Error(`${outcomesFile} holds outcomes already: a test set is decoded once. Draw a new one with the next seed (node tools/dosage/main.ts test-set --seed N --out docs/experiments/dosage-test-N.jsonl), commit it and decode it with --set docs/experiments/dosage-test-N.jsonl.`);
}

/** Writes the outcomes file, last of all. Throws where it stands. */
export async function decodeTest({ shop, set, systems, candidates, python, outcomesFile, commit, decodedAt }: Decoding): Promise<Outcomes> {
  refuseDecoded(outcomesFile);
  const sha256 = await sha256Of(set.file);
  const mark = `test-${set.name}-${sha256.slice(0, 8)}-${candidates}`; // another set, or another number of candidates, is another decoding: neither folders nor marks are shared
  const models: Decoded[] = [];
  let questions: readonly string[] | undefined;
  for (const system of systems) {
    for (const temperature of system.temperatures ?? [1]) {
      const found = await decoded(shop, mark, set, system, temperature, candidates);
      if (questions !== undefined && found.questions.join() !== questions.join()) throw new Error(`${system.name} has verdicts on other questions than the systems before it.`);
      questions = found.questions;
      models.push(temperature === 1 && weighed.includes(system.name) ? await withProbabilities(shop, mark, system, found.decoded, python) : found.decoded);
    }
  }
  const outcomes: Outcomes = { set: { name: set.name, sha256, ...(set.drawn === undefined ? {} : { file: set.drawn.path }), questions: questions ?? [] }, decodedAt, commit, models };
  mkdirSync(dirname(outcomesFile), { recursive: true });
  await writeOutcomes(outcomesFile, outcomes);
  return outcomes;
}

const folderOf = (shop: Workshop, mark: string, name: string, temperature: number): string => shop.path(mark, `${name}-${temperature}`);

async function decoded(shop: Workshop, mark: string, set: TestSet, system: System, temperature: number, candidates: number) {
  const dir = folderOf(shop, mark, system.name, temperature);
  const policy = system.candidatesOf === undefined ? ['--policy', `onnx:${system.policy}`, '-n', String(candidates), '--temperature', String(temperature), '--items', set.file, ...(set.drawn === undefined ? [] : ['--map', set.drawn.mapping])] : ['--policy', `recorded:${folderOf(shop, mark, system.candidatesOf, temperature)}`];
  const scorer = system.scorer === null ? 'none' : `onnx:${system.scorer}`;
  const { seconds } = await shop.step(`${mark}-${system.name}-${temperature}`, () => shop.slowthink('evaluate', ...policy, '--scorer', scorer, '--recipe', 'seed-cpu', '--dir', dir));
  return outcomesOf(join(dir, 'results'), { name: system.name, temperature, policy: await modelHash(system.policy), scorer: system.scorer === null ? null : await modelHash(system.scorer), seconds });
}

async function withProbabilities(shop: Workshop, mark: string, { name, policy }: System, before: Decoded, python: string): Promise<Decoded> {
  const items = join(folderOf(shop, mark, name, 1), 'results', 'items.jsonl');
  const out = shop.path(mark, `${name}.log-probabilities.jsonl`);
  await shop.step(`${mark}-${name}-probabilities`, async () => {
    const { status, stderr } = spawnSync(python, [join(import.meta.dirname, 'log_probabilities.py'), '--items', items, '--policy', policy, '--out', out], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`The log-probabilities of ${name} were not computed: ${stderr.trim().split('\n').at(-1)}`);
    return {};
  });
  return { ...before, rights: { ...before.rights, ...logProbabilityVotes(items, out) } };
}
