// What each step is: the command that does it, what it uses, what it makes. A command is one that a person could type; a training is a job for the trainer.
import { mkdirSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { overBudget, roundsRead, searchOfRound, stepsOfRound, budgeted, estimateStep, spentBy, type DoneRecord, type Hashes, type Step } from '@slowthink/evolution';
import { FaultError } from '@slowthink/faults';
import type { TrainingJob } from '@slowthink/records';
import { writeWhole } from '@slowthink/results';
import { onStorage } from '@slowthink/tables';
import { runSettings, withoutCredentials } from '@slowthink/wiring';
import type { Setting } from '@slowthink/settings';
import { endWithProcess } from './end-with-process.ts';
import { outOf, policyOf, questionsOf, trainedIn, type Evolution, type ModelPlace } from './evolution.ts';
import { overridesOf } from './evolution-settings.ts';
import { runCommand, type CommandWatch } from './run-command.ts';
import { waitForFolder } from './wait-for-folder.ts';

export interface StepWatch extends CommandWatch {
  onTraining(progress: { readonly phase: string; readonly step: number; readonly steps: number; readonly loss: number | null; readonly tokensPerSecond: number | null; readonly secondsLeft: number | null }): void;
}

/** What a step came to. */
export interface Outcome {
  /** Stopped before its end: the same step goes on later. */
  readonly drained: boolean;
  readonly requests: number;
  readonly tokens: number;
  readonly skipped: string | null;
  readonly facts: DoneRecord['facts'];
}

export interface Work {
  readonly command: readonly string[];
  readonly used: Hashes;
  readonly makes: readonly string[]; // names, as the records have them
  readonly units: number;
  readonly job: TrainingJob | null;
  perform(watch: StepWatch, job: TrainingJob | null): Promise<Outcome>;
}

type Done = ReadonlyMap<string, DoneRecord>;

/** How the policy and the scorer of a round are named to a command; asked when a step needs them, since a server may have to be told first. */
export interface Names { policy(round: number, signal: AbortSignal): Promise<string>; scorer(round: number, signal: AbortSignal): Promise<string> }

const whole = { drained: false, requests: 0, tokens: 0, skipped: null, facts: {} } as const;

/** The work of the next step. Reads; nothing is written before `perform`. */
export async function workOf(step: Step, evolution: Evolution, done: Done, names: Names, signal: AbortSignal): Promise<Work> {
  switch (step.name) {
    case 'questions': return drawing(step, evolution);
    case 'curriculum': case 'run': return exploring(step, step.name, evolution, done, await names.policy(step.round - 1, signal));
    case 'dev': return measuring(step.round, evolution, done, await names.policy(step.round, signal), await names.scorer(step.round, signal));
    case 'sft': case 'dpo': case 'prm': return training(step, step.name, evolution, done);
  }
}

function drawing({ round }: Step, evolution: Evolution): Work {
  const name = `rounds/${round}/questions.jsonl`, path = evolution.folder.path(name);
  const questions = questionsOf(evolution, round);
  return {
    command: [], used: { questions: evolution.pool.sha256 }, makes: [name], units: questions.length, job: null,
    perform: async () => {
      await onStorage(path, async () => { mkdirSync(evolution.folder.path('rounds', String(round)), { recursive: true }); await writeWhole(path, questions.map((question) => `${JSON.stringify(question)}\n`).join('')); });
      return { ...whole, facts: { questions: questions.length, sets: new Set(questions.map(({ dataset }) => dataset)).size } };
    },
  };
}

interface RunSaid { readonly requests: number; readonly tokens: number; readonly samples: number; readonly drained: boolean; readonly rows?: { readonly [kind: string]: number }; readonly trees?: number; readonly kept?: number | null; readonly dataset?: string | null; readonly faults: { readonly [code: string]: number } }

/** A search by the policy of the round before, or the tries of a curriculum before it. */
function exploring({ round, id }: Step, name: 'curriculum' | 'run', evolution: Evolution, done: Done, policy: string): Work {
  const { folder, recipe, values, sizes } = evolution;
  const from = name === 'run' && done.has(`${round}-curriculum`) ? `rounds/${round}/curriculum/curriculum.jsonl` : `rounds/${round}/questions.jsonl`;
  const dir = `rounds/${round}/${name}`, made = name === 'run' ? `${dir}/dataset` : `${dir}/curriculum.jsonl`;
  const command = [name, '--questions', folder.path(from), '--policy', policy, '--recipe', searchOfRound(recipe, round), '--seed', String(values.seed), '--limit', 'all', '--dir', folder.path(dir), ...passedTo(name, id, evolution), '--json'];
  const questions = Number(done.get(`${round}-curriculum`)?.facts['kept'] ?? sizes.questions(round));
  return {
    command: ['slowthink', ...command.map(withoutCredentials)], used: { [from]: hashOf(done, from), ...usedPolicy(evolution, done, round - 1, policy) }, makes: [made], units: name === 'run' ? questions : sizes.questions(round), job: null,
    perform: async (watch) => {
      await waitForFolder(folder.path(dir), watch.onLine, watch.signal);
      const { requests, tokens, samples, drained, rows, trees, kept, dataset, faults } = await runCommand<RunSaid>(command, watch);
      if (!drained && name === 'run' && (dataset ?? null) === null) throw new FaultError('DATASET_EMPTY', `Round ${round} made no row: none of its ${questions} questions came to a finished chain.`, { hint: `"slowthink inspect faults --dir ${folder.path(dir)}" shows why. ${mend}` });
      if (!drained && name === 'curriculum' && kept === 0) throw new FaultError('DATASET_EMPTY', `The curriculum of round ${round} keeps none of ${sizes.questions(round)} questions: the policy is always right.`, { hint: 'Harder questions are needed: begin anew with other --questions and another --dir.' });
      return { drained, requests, tokens, skipped: null, facts: { samples, faults: Object.values(faults).reduce((sum, count) => sum + count, 0), ...(name === 'run' ? { trees: trees ?? 0, ...Object.fromEntries(Object.entries(rows ?? {}).map(([kind, count]) => [`${kind} rows`, count])) } : { kept: kept ?? 0 }) } };
    },
  };
}

const mend = 'A stronger base, easier questions or more of them give chains to learn from: begin anew with another --dir.';

interface DevSaid { readonly process: { readonly requests: number; readonly drained: boolean }; readonly tokens?: { readonly prompt: number; readonly generated: number }; readonly items?: number; readonly failed?: number; readonly candidates?: number }

function measuring(round: number, evolution: Evolution, done: Done, policy: string, scorer: string): Work {
  const { folder, recipe, values, dev, sizes } = evolution;
  const dir = `rounds/${round}/dev`;
  const command = ['evaluate', '--items', ...values['evolve.dev'], '--policy', policy, '--scorer', scorer, '--recipe', recipe.asking[round === 0 ? 0 : 1], '-n', String(values['evaluate.samples']), '--seed', String(values.seed), '--limit', values['evolve.devLimit'] === null ? 'all' : String(values['evolve.devLimit']), '--dir', folder.path(dir), ...passedTo('evaluate', `${round}-dev`, evolution), '--json'];
  const scored: Hashes = round === 0 ? { 'base scorer': withoutCredentials(scorer) } : nameAndHash(trainedIn(folder, done, round, 'prm'));
  return {
    command: ['slowthink', ...command.map(withoutCredentials)], used: { 'dev items': dev.sha256, ...usedPolicy(evolution, done, round, policy), ...scored }, makes: [`${dir}/results/items.jsonl`], units: sizes.devItems * sizes.samples, job: null,
    perform: async (watch) => {
      await waitForFolder(folder.path(dir), watch.onLine, watch.signal);
      const { process: { requests, drained }, tokens, items, failed } = await runCommand<DevSaid>(command, watch);
      return { drained, requests, tokens: drained || tokens === undefined ? 0 : tokens.prompt + tokens.generated, skipped: null, facts: drained ? {} : { items: items ?? 0, failed: failed ?? 0, policy: withoutCredentials(policy), scorer: withoutCredentials(scorer) } };
    },
  };
}

const kinds = { sft: 'sft', dpo: 'preference', prm: 'prm' } as const;
const lacking = { sft: 'no right chain', dpo: 'no preference pair', prm: 'no chain with values' } as const;

function training({ round, id }: Step, task: 'sft' | 'dpo' | 'prm', evolution: Evolution, done: Done): Work {
  const { folder, recipe, values, sizes, trainer, base, serving, scorerServing } = evolution;
  const rounds = roundsRead(task === 'prm' ? recipe.scorerRows : recipe.policyRows, round);
  const datasets = rounds.map((one) => `rounds/${one}/run/dataset`);
  const rows = rounds.reduce((sum, one) => sum + Number(done.get(`${one}-run`)?.facts[`${kinds[task]} rows`] ?? 0), 0);
  const from: ModelPlace = task === 'dpo' ? trainedIn(folder, done, round, 'sft') : task === 'prm' ? policyOf(evolution, done, round) : recipe.policyFrom === 'base' || round === 1 ? base : policyOf(evolution, done, round - 1);
  const out = `rounds/${round}/${outOf[task]}`;
  const job: TrainingJob = {
    v: 1, task, config: recipe.training, settings: overridesOf(values['evolve.train'], task), base: { model: from.model, adapter: from === base ? base.adapter : null }, datasets: datasets.map((name) => folder.path(name)), out: folder.path(out),
    seed: values['evolve.trainingSeed'], threads: values['evolve.trainingThreads'], maxMinutes: minutesFor(id, evolution, done), export: (task === 'prm' ? scorerServing : serving).name === 'embedded' ? 'onnx' : 'none',
  };
  return {
    command: ['trainer', trainer.name, folder.path(out, 'job.json')], used: { [from.name]: from.sha256, ...Object.fromEntries(datasets.map((name) => [name, hashOf(done, name)])) }, makes: [`${out}/model`, `${out}/adapter`], units: rounds.reduce((sum, one) => sum + sizes.questions(one), 0), job,
    perform: async (watch, begun) => {
      if (rows === 0 && task === 'dpo') return { ...whole, skipped: `${lacking.dpo} in round ${rounds.join(' and ')}`, facts: { rows: 0 } };
      if (rows === 0) throw new FaultError('DATASET_EMPTY', `Round ${round} has ${lacking[task]} to train a ${task === 'prm' ? 'step scorer' : 'policy'} on.`, { hint: mend });
      try {
        const { tokens, data, steps, loss, stopped, deterministic } = await endWithProcess(job.out, () => trainer.train(begun ?? job, { signal: watch.signal, onProgress: watch.onTraining }));
        return { ...whole, tokens, facts: { rows: data.rows, 'rows used': data.used, updates: steps, 'first loss': loss.first, 'last loss': loss.last, ended: stopped, deterministic: deterministic ? 'yes' : 'no' } };
      } catch (error) {
        if (!watch.signal.aborted || error instanceof FaultError) throw error;
        return { ...whole, drained: true };
      }
    },
  };
}

/** Minutes that a training may take: what the budget leaves after it and what still has to be done in its round, at least one. null without a budget. */
function minutesFor(id: string, { values, recipe, sizes }: Evolution, done: Done): number | null {
  const budget = values['evolve.maxMinutes'];
  if (budget === null) return null;
  const ended = [...done.values()];
  const rest = stepsOfRound(recipe, Number(id.split('-')[0])).filter(({ id: other }) => other !== id && !done.has(other)).reduce((sum, step) => sum + (estimateStep(step, recipe, sizes, ended, hasMeasuredModels({ values, recipe })).minutes ?? 0), 0);
  return Math.max(1, Math.round((budget - spentBy(ended).minutes - rest) * 10) / 10);
}

/** Why a step, or the round that it begins, is not begun; undefined: it may be. */
export function whyNotBegun(step: Step, evolution: Evolution, done: Done): string | undefined {
  const { values, recipe, sizes } = evolution;
  const ended = [...done.values()];
  const steps = step.name === 'questions' ? stepsOfRound(recipe, step.round) : [step];
  const costs = steps.map((one) => budgeted(one, estimateStep(one, recipe, sizes, ended, hasMeasuredModels(evolution))));
  const sum = (of: 'minutes' | 'tokens'): number | null => (costs.some((cost) => cost[of] === null) ? null : costs.reduce((total, cost) => total + cost[of]!, 0));
  return overBudget({ minutes: values['evolve.maxMinutes'], tokens: values['models.budgetTokens'] }, spentBy(ended), { requests: null, tokens: sum('tokens'), minutes: sum('minutes') });
}

/** Whether costs were measured for these models and this recipe. */
export const hasMeasuredModels = ({ values, recipe }: Pick<Evolution, 'values' | 'recipe'>): boolean => values.policy === 'seed' && recipe.name === 'seed-cpu' && values.preset === 'paper';

const nameAndHash = ({ name, sha256 }: ModelPlace): Hashes => ({ [name]: sha256 });

/** A policy that has files here by their hash; the base by its own, under the name that it is asked by. */
const usedPolicy = (evolution: Evolution, done: Done, round: number, policy: string): Hashes => (round === 0 ? { 'base policy': withoutCredentials(policy), base: evolution.base.sha256 } : nameAndHash(policyOf(evolution, done, round)));

function hashOf(done: Done, name: string): string {
  for (const { made } of done.values()) if (made[name] !== undefined) return made[name];
  throw new FaultError('EVOLVE_MIXED', `No record says what ${name} is.`);
}

const takenBy = { curriculum: /^(?:preset|broker|models\.)/, run: /^(?:preset|broker|models\.)/, evaluate: /^(?:evaluate\.draws|broker|models\.)/ } as const;

/** Flags of models and searches, as they were given; on a Kafka every command is a run of its own. What an evolution takes of its files is decided here, and its budget too, whatever the environment says. */
function passedTo(command: keyof typeof takenBy, id: string, { passed, values, config, folder }: Evolution): readonly string[] {
  const flags = [...passed].flatMap(([key, text]) => (takenBy[command].test(key) ? [(runSettings[key] as Setting).flag!, text] : []));
  const run = values.broker === 'sqlite' ? [] : ['--run', `${values.run ?? `evolve-${createHash('sha256').update(folder.dir).digest('hex').slice(0, 8)}`}-${id}`];
  return [...flags, ...run, '--limit-per-set', 'none', '--shard', 'none', '--budget-tokens', 'none', ...(config === undefined ? [] : ['--config', config])];
}
