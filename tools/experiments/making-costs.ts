import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingManifest } from '@slowthink/records';
import type { Making } from './costs.ts';
import { tokensOfRun } from './tokens-of-run.ts';

interface Done { readonly seconds: number }

/** What each round of an evolution had cost when it ended, from the base on: searches and trainings, not the measuring on dev. Minutes are those of the clock. */
export async function makingOf(evolution: string, rounds: readonly number[], parameters: number): Promise<readonly Making[]> {
  const made: Making[] = [];
  let so: Making = { promptTokens: 0, generatedTokens: 0, flops: 0, minutes: 0 };
  for (const round of rounds) {
    const { promptTokens, completionTokens } = await tokensOfRun(join(evolution, 'rounds', String(round), 'run'));
    const trained = ['policy', 'dpo', 'scorer'].map((name) => join(evolution, 'rounds', String(round), name, 'manifest.json')).filter((file) => existsSync(file)).map((file) => JSON.parse(readFileSync(file, 'utf8')) as TrainingManifest);
    const seconds = ['questions', 'curriculum', 'run', 'sft', 'dpo', 'prm'].map((name) => join(evolution, 'steps', `${round}-${name}.done.json`)).filter((file) => existsSync(file)).reduce((sum, file) => sum + (JSON.parse(readFileSync(file, 'utf8')) as Done).seconds, 0);
    so = { promptTokens: so.promptTokens + promptTokens, generatedTokens: so.generatedTokens + completionTokens, flops: so.flops + 2 * parameters * (promptTokens + completionTokens) + trained.reduce((sum, { flops }) => sum + flops, 0), minutes: so.minutes + seconds / 60 };
    made.push(so);
  }
  return made;
}
