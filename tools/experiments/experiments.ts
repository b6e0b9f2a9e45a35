// Every model that the science of docs/experiments.md needs, as data: what it is compared for, and how it is made. One shared generation (main, round 1, seed 0) feeds the ablations.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuseHeldOut } from './check-combinations.ts';
import { deriveData, type Derivation } from './derive-data.ts';
import { sampleDataSet } from './plain-sampling.ts';
import { tokensOfRun } from './tokens-of-run.ts';
import type { Workshop } from './workshop.ts';

/** A policy with a step scorer, ready to be measured. `candidatesOf`: another system whose recorded candidates it scores, so that only the scorer differs. */
export interface System {
  readonly name: string;
  readonly policy: string; // model folder
  readonly scorer: string | null;
  readonly candidatesOf?: string;
  readonly temperatures?: readonly number[]; // [1] when not given
}

export interface Experiment {
  readonly name: string;
  readonly title: string; // what the row of the table says
  readonly kind: 'main' | 'seed' | 'control' | 'ablation';
  /** Made after these. */
  readonly needs: readonly string[];
  /** Its evolution, which dev was looked at with: a folder of the workshop, made by the step of the experiment's name. */
  readonly evolution?: readonly string[];
  /** Needs the Python that has torch, beside the trainer. */
  readonly python?: true;
  make(shop: Workshop): Promise<readonly System[]>;
}

const questionsARound = 800;
const roundsOf = (shop: Workshop, evolution: string, rounds: readonly number[], prefix = '', temperatures?: readonly number[]): readonly System[] => rounds.map((round) => ({
  name: `${prefix}round-${round}`, policy: shop.path(evolution, 'rounds', String(round), 'policy', 'model'), scorer: shop.path(evolution, 'rounds', String(round), 'scorer', 'model'), ...(temperatures ? { temperatures } : {}),
}));
const sharedData = (shop: Workshop): string => shop.path('main', 'rounds', '1', 'run', 'dataset');
const roundOne = (shop: Workshop): string => shop.path('main', 'rounds', '1', 'policy', 'model');
const questionsOfRoundOne = (shop: Workshop): string => shop.path('main', 'rounds', '1', 'questions.jsonl');
const seedPolicy = join(import.meta.dirname, '../../libs/seed-models/policy');
const seedScorer = join(import.meta.dirname, '../../libs/seed-models/scorer');

function evolution(name: string, title: string, kind: Experiment['kind'], flags: readonly string[], rounds: readonly number[], extra: (shop: Workshop) => readonly System[] = () => []): Experiment {
  return {
    name, title, kind, needs: [], evolution: [name],
    make: async (shop) => {
      await shop.step(name, async () => ({ report: await shop.slowthink('evolve', '--dir', shop.path(name), '--rounds', String(rounds.at(-1)), '--questions-a-round', String(questionsARound), '--trainer', shop.trainer, ...flags) }));
      await shop.step(`${name}-combinations`, () => refuseHeldOut(rounds.map((round) => shop.path(name, 'rounds', String(round), 'run'))));
      return [...extra(shop), ...roundsOf(shop, name, rounds, name === 'main' ? '' : `${name}-`, name === 'main' ? [1, 0.7] : undefined)];
    },
  };
}

/** A step scorer trained otherwise, over the candidates of round 1. */
function scorer(name: string, title: string, kind: Experiment['kind'], settings: Readonly<Record<string, string | number | boolean>>): Experiment {
  return {
    name, title, kind, needs: ['main'],
    make: async (shop) => {
      await shop.step(name, () => shop.train({ task: 'prm', settings, base: { model: roundOne(shop), adapter: null }, datasets: [sharedData(shop)], out: shop.path(name, 'scorer'), seed: 0 }));
      return [{ name, policy: roundOne(shop), scorer: shop.path(name, 'scorer', 'model'), candidatesOf: 'round-1' }];
    },
  };
}

/** Policy, and scorer where `scored`, trained from the base on other data than main's, or in another way. */
function round(name: string, title: string, kind: Experiment['kind'], dataOf: (shop: Workshop) => Promise<string>, { scored = true, settings = {}, base = seedPolicy }: { readonly scored?: boolean; readonly settings?: Readonly<Record<string, string | number | boolean>>; readonly base?: string } = {}): Experiment {
  return {
    name, title, kind, needs: ['main'],
    make: async (shop) => {
      const data = await dataOf(shop);
      const policy = shop.path(name, 'policy');
      await shop.step(`${name}-sft`, () => shop.train({ task: 'sft', settings, base: { model: base, adapter: null }, datasets: [data], out: policy, seed: 0 }));
      if (scored) await shop.step(`${name}-prm`, () => shop.train({ task: 'prm', settings: {}, base: { model: join(policy, 'model'), adapter: null }, datasets: [data], out: shop.path(name, 'scorer'), seed: 0 }));
      return [{ name, policy: join(policy, 'model'), scorer: scored ? shop.path(name, 'scorer', 'model') : shop.path('main', 'rounds', '1', 'scorer', 'model') }];
    },
  };
}

const derived = (name: string, derivation: Derivation) => async (shop: Workshop): Promise<string> => {
  const out = shop.path(name, 'dataset');
  await shop.step(`${name}-data`, () => deriveData(sharedData(shop), out, derivation));
  return out;
};

/** A kind and a cue that this ablation never trains on; they are reported apart. */
export const leftOut = { kind: 'heparin-rate', cue: 'tubing' } as const;

const heavy = ['--train', 'sft.learningRate=0.001', 'sft.epochs=2'];

export const experiments: readonly Experiment[] = [
  evolution('main', 'light rounds', 'main', ['--seed', '0', '--training-seed', '0'], [1, 2], () => [{ name: 'base', policy: seedPolicy, scorer: seedScorer, temperatures: [1, 0.7] }]),
  evolution('heavy-sft', 'heavy SFT: 1e-3, two epochs', 'ablation', heavy, [1, 2]),
  evolution('seed-1', 'training seed 1', 'seed', ['--training-seed', '1'], [1, 2]),
  evolution('seed-2', 'training seed 2', 'seed', ['--training-seed', '2'], [1, 2]),
  scorer('shuffled-labels', 'scorer of shuffled labels', 'control', { labels: 'shuffled' }),
  scorer('outcome-only', 'scorer of outcomes: learns the last step alone, steps before it have no label', 'control', { labels: 'outcome-only' }),
  scorer('hard-labels', 'hard labels', 'ablation', { labels: 'hard' }),
  scorer('dual-sided-labels', 'dual-sided labels', 'ablation', { labels: 'dual-sided' }),
  round('unfiltered-sft', 'SFT on unfiltered samples, right and wrong', 'control', derived('unfiltered-sft', { kind: 'unfiltered' }), { scored: false }),
  round('left-out', `no ${leftOut.kind} question and no cue "${leftOut.cue}" in any round`, 'control', derived('left-out', { kind: 'without', questionKind: leftOut.kind, cue: leftOut.cue })),
  round('mean-backup', 'backup rule mean instead of comp', 'ablation', async (shop) => {
    const config = shop.path('mean-backup', 'settings.json');
    await shop.step('mean-backup-run', () => {
      mkdirSync(shop.path('mean-backup'), { recursive: true });
      writeFileSync(config, JSON.stringify({ search: { backup: 'mean' } }));
      return shop.slowthink('run', '--config', config, '--questions', questionsOfRoundOne(shop), '--policy', `onnx:${seedPolicy}`, '--recipe', 'seed-cpu', '--dir', shop.path('mean-backup', 'run'));
    });
    return shop.path('mean-backup', 'run', 'dataset');
  }),
  round('plain-sampling', 'plain sampling with prefix rollouts at equal tokens, no tree', 'ablation', async (shop) => {
    const { completionTokens } = await shop.step('plain-sampling-budget', async () => tokensOfRun(shop.path('main', 'rounds', '1', 'run')));
    return sampleDataSet(shop, { questions: questionsOfRoundOne(shop), policy: seedPolicy, generatedTokens: completionTokens, out: shop.path('plain-sampling') });
  }),
  {
    name: 'clean-base', title: 'a base without planted misconceptions', kind: 'ablation', needs: [], evolution: ['clean-base', 'evolution'], python: true,
    make: async (shop) => {
      const models = shop.path('clean-base', 'models');
      await shop.step('clean-base-pretrain', async () => { await shop.python('tools/seed-models/main.py', '--out', models, '--misconceptions', 'none', '--threads', String(shop.threads), '--until', 'export-policy'); return {}; });
      const base = join(models, 'policy');
      await shop.step('clean-base', () => shop.slowthink('evolve', '--dir', shop.path('clean-base', 'evolution'), '--evolution', 'seed-cpu', '--policy', `onnx:${base}`, '--base', base, '--rounds', '1', '--questions-a-round', String(questionsARound), '--trainer', shop.trainer));
      await shop.step('clean-base-combinations', () => refuseHeldOut([shop.path('clean-base', 'evolution', 'rounds', '1', 'run')]));
      return [{ name: 'clean-base', policy: base, scorer: null }, ...roundsOf(shop, join('clean-base', 'evolution'), [1], 'clean-base-')];
    },
  },
];

export const experimentNamed = (name: string): Experiment => {
  const found = experiments.find((experiment) => experiment.name === name);
  if (found === undefined) throw new Error(`There is no experiment "${name}"; there are ${experiments.map((experiment) => experiment.name).join(', ')}.`);
  return found;
};
