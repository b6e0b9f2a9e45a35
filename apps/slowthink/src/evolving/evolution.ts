// An evolution, ready to go on: settings, questions, models and ports. Reading only.
import { drawQuestions, type DoneRecord, type Sizes } from '@slowthink/evolution';
import { FaultError } from '@slowthink/faults';
import type { QuestionRecord } from '@slowthink/records';
import { seedPolicyDir } from '@slowthink/seed-models';
import type { Serving } from '@slowthink/serving';
import { modelHash, type Trainer } from '@slowthink/training';
import { withoutCredentials } from '@slowthink/wiring';
import type { EvolutionFolder } from './evolution-folder.ts';
import type { EvolutionSettings } from './evolution-settings.ts';
import type { DevItems, QuestionPool } from './question-pool.ts';

/** Weights that a training starts from, and that a server may load. */
export interface ModelPlace {
  readonly model: string; // folder, absolute
  readonly adapter: string | null; // merged into it first, where a training starts; loaded beside it, where a server does
  readonly name: string; // as the records have it
  readonly sha256: string;
}

export interface Evolution extends EvolutionSettings {
  readonly folder: EvolutionFolder;
  readonly pool: QuestionPool;
  readonly dev: DevItems;
  readonly sizes: Sizes;
  readonly base: ModelPlace;
  readonly trainer: Trainer;
  readonly serving: Serving;
  readonly scorerServing: Serving;
}

/** The questions of a round, in the order of their draw. */
export const questionsOf = ({ pool, recipe, values }: Pick<Evolution, 'pool' | 'recipe' | 'values'>, round: number): readonly QuestionRecord[] =>
  drawQuestions(pool.questions, round, { seed: values.seed, perRound: recipe.questionsARound, perSet: recipe.limitPerSet });

/** Sizes of all rounds. SETTING_INVALID where a round would find no new question. */
export function sizesOf(evolution: Pick<Evolution, 'pool' | 'recipe' | 'values' | 'dev' | 'rounds'>): Sizes {
  const counts = Array.from({ length: evolution.rounds }, (_, at) => questionsOf(evolution, at + 1).length);
  const empty = counts.indexOf(0);
  if (empty >= 0) throw new FaultError('SETTING_INVALID', `Round ${empty + 1} finds no new question: the rounds before it take all ${evolution.pool.questions.length}.`, { hint: 'Name more --questions, or take fewer of them in a round: --questions-a-round N, or --limit-per-set N.' });
  return { questions: (round) => counts[round - 1] ?? 0, devItems: evolution.dev.count, samples: evolution.values['evaluate.samples'] };
}

/** Where the weights of the base lie. SETTING_INVALID for a server without --base, MODEL_FOLDER_WRONG. */
export async function baseOf({ policy, 'evolve.base': base, 'evolve.baseAdapter': adapter }: EvolutionSettings['values']): Promise<ModelPlace> {
  const folder = base ?? (policy === 'seed' ? seedPolicyDir() : policy.startsWith('onnx:') ? policy.slice('onnx:'.length).replace(/#[^/]*$/, '') : null);
  if (folder === null) throw new FaultError('SETTING_INVALID', `Training starts from the weights of --policy ${withoutCredentials(policy)}, and no folder of them is named.`, { hint: 'Give the folder with config.json, tokenizer.json and safetensors: --base DIR.' });
  const sha256 = await modelHash(folder);
  return { model: folder, adapter, name: 'base', sha256: adapter === null ? sha256 : `${sha256}+${await modelHash(adapter)}` };
}

/** The policy that a round ends with: of DPO, where there was any, else of SFT. Round 0: the base. */
export function policyOf({ folder, base, recipe }: Pick<Evolution, 'folder' | 'base' | 'recipe'>, done: ReadonlyMap<string, DoneRecord>, round: number): ModelPlace {
  if (round === 0) return base;
  const preferred = recipe.preference && done.get(`${round}-dpo`)?.skipped === null;
  return trainedIn(folder, done, round, preferred ? 'dpo' : 'sft');
}

export const outOf = { sft: 'policy', dpo: 'dpo', prm: 'scorer' } as const;

/** What a training of a round made. */
export function trainedIn(folder: EvolutionFolder, done: ReadonlyMap<string, DoneRecord>, round: number, task: keyof typeof outOf): ModelPlace {
  const made = done.get(`${round}-${task}`)!.made;
  const name = `rounds/${round}/${outOf[task]}/model`, adapter = `rounds/${round}/${outOf[task]}/adapter`;
  return { model: folder.path(name), adapter: Object.hasOwn(made, adapter) ? folder.path(adapter) : null, name, sha256: made[name]! };
}
