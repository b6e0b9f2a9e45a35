import { resolve } from 'node:path';
import { evolutionRecipes, type EvolutionRecipe } from '@slowthink/evolution';
import { ruleNamed } from '@slowthink/decoding';
import { FaultError } from '@slowthink/faults';
import { noScorer, runSettings, withoutCredentials, type ResolvedRun } from '@slowthink/wiring';
import { shownServing } from '@slowthink/serving';
import { originText, type Setting } from '@slowthink/settings';
import type { RunSettings } from '../flags.ts';
import { commandSettings, type CommandSettings } from './command-settings.ts';
import type { EvolutionFile, EvolutionFolder } from './evolution-folder.ts';

type Key = keyof typeof runSettings;

/** Settings of an evolution: what decides its results is as its folder has it. */
export interface EvolutionSettings {
  readonly values: RunSettings;
  readonly recipe: EvolutionRecipe;
  readonly rounds: number;
  /** Decided by the folder: these are written into evolve.json. */
  readonly pinned: EvolutionFile['settings'];
  readonly origins: ResolvedRun['origins'];
  /** Flags of models as they were given: every command of a round gets those that it takes. */
  readonly passed: ReadonlyMap<Key, string>;
  readonly forCommands: CommandSettings;
}

/** Decide what comes out: every setting that decides a run's results, but for those that the rounds set themselves. */
const pinnedKeys = (Object.entries(runSettings as { readonly [key: string]: Setting }) as [Key, Setting][]).flatMap(([key, { semantic }]) => (
  ((semantic === true || /^(?:labels|preference)\./.test(key)) && key !== 'recipe') || ['policy', 'scorer', 'questions', 'corpus.limitPerSet', 'evolve.recipe', 'evolve.questions', 'evolve.dev', 'evolve.devLimit', 'evolve.base', 'evolve.baseAdapter', 'evolve.train', 'evolve.trainingSeed', 'evolve.trainingThreads'].includes(key) ? [key] : []));

const passedKeys: readonly Key[] = ['broker', 'evaluate.draws', 'models.threads', 'models.rows', 'models.kvMemory', 'models.dialect', 'models.inFlight', 'models.timeoutMs', 'models.giveUpMs'];

/**
 * What the folder began with stands where nothing else is given; what is given and differs is refused, but for --train, which counts for the trainings that are not done. Addresses are kept and compared without user and password: one that asks for them is
 * given again. DIR_SETTINGS_CHANGED, SETTING_INVALID.
 */
export function evolutionSettings({ values: given, origins }: ResolvedRun, flags: ReadonlyMap<Key, string>, folder: EvolutionFolder, began: EvolutionFile | undefined): EvolutionSettings {
  const isGiven = (key: Key): boolean => origins[key].from !== 'default';
  const plain = withDefaults(given, isGiven);
  if (began !== undefined) refuseOthers(plain, isGiven, origins, folder, began);
  const remembered = began === undefined ? [] : pinnedKeys.filter((key) => !isGiven(key) && Object.hasOwn(began.settings, key));
  const values = Object.freeze({ ...plain, ...Object.fromEntries(remembered.map((key) => [key, began!.settings[key]])) }) as RunSettings;
  const method = evolutionRecipes[values['evolve.recipe']!]!;
  const recipe: EvolutionRecipe = { ...method, questionsARound: values['evolve.questions'] ?? method.questionsARound, limitPerSet: values['corpus.limitPerSet'] ?? method.limitPerSet };
  const rounds = values['evolve.rounds'] ?? recipe.rounds;
  ruleNamed(values['evolve.keepBy']);
  overridesOf(values['evolve.train'], 'sft');
  const pinned = Object.fromEntries(pinnedKeys.map((key) => [key, kept(values[key])]));
  return { values, recipe, rounds, origins: { ...origins, ...Object.fromEntries(remembered.map((key) => [key, { from: 'file', name: 'evolve.json' }])) }, pinned, passed: new Map([...flags].filter(([key]) => passedKeys.includes(key))), forCommands: commandSettings(values, origins, pinned) };
}

/** A value as it may be kept and shown. */
const kept = (value: unknown): unknown => (typeof value === 'string' ? withoutCredentials(value) : value);

/** The values of an evolution as they may be shown. */
export const shownValues = (values: RunSettings): RunSettings => ({ ...values, 'evolve.serving': shownServing(values['evolve.serving']), 'evolve.scorerServing': shownServing(values['evolve.scorerServing']) });

/** The defaults that depend on the policy, and folders as absolute paths. */
function withDefaults(values: RunSettings, isGiven: (key: Key) => boolean): RunSettings {
  const seed = values.policy === 'seed';
  return {
    ...values,
    policy: values.policy.startsWith('onnx:') ? `onnx:${resolve(values.policy.slice('onnx:'.length))}` : values.policy,
    scorer: isGiven('scorer') || seed ? values.scorer : noScorer,
    questions: values.questions.length > 0 ? values.questions : ['dosage'],
    'evolve.recipe': values['evolve.recipe'] ?? (seed ? 'seed-cpu' : 'meds3-v2'),
    'evolve.base': values['evolve.base'] === null ? null : resolve(values['evolve.base']),
    'evolve.baseAdapter': values['evolve.baseAdapter'] === null ? null : resolve(values['evolve.baseAdapter']),
  };
}

function refuseOthers(values: RunSettings, isGiven: (key: Key) => boolean, origins: ResolvedRun['origins'], folder: EvolutionFolder, began: EvolutionFile): void {
  const differing = pinnedKeys.filter((key) => isGiven(key) && Object.hasOwn(began.settings, key) && key !== 'evolve.train' && JSON.stringify(kept(values[key])) !== JSON.stringify(kept(began.settings[key])));
  if (differing.length === 0) return;
  const text = (value: unknown): string => (Array.isArray(value) ? value.join(' ') : String(kept(value) ?? 'none'));
  throw new FaultError('DIR_SETTINGS_CHANGED', `${folder.dir}: ${differing.map((key) => `${key} was ${text(began.settings[key])}, now it is ${text(values[key])} (${originText(origins[key])})`).join('; ')}.`, { hint: 'This folder belongs to an evolution with other settings. Leave the flag out, or use another --dir.' });
}

/** Hyper-parameters of one training out of --train. SETTING_INVALID for what is no NAME=VALUE. */
export function overridesOf(given: readonly string[], task: 'sft' | 'prm' | 'dpo'): { readonly [name: string]: string | number | boolean | null } {
  return Object.fromEntries(given.flatMap((text) => {
    const [, of, name, value] = /^(?:(sft|prm|dpo)\.)?([A-Za-z][A-Za-z0-9_]*)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new FaultError('SETTING_INVALID', `--train is ${JSON.stringify(text)}; allowed: NAME=VALUE, sft.NAME=VALUE, prm.NAME=VALUE or dpo.NAME=VALUE.`, { hint: 'docs/training.md names the hyper-parameters.' });
    return of === undefined || of === task ? [[name, valueOf(value)] as const] : [];
  }));
}

/** A number, true, false or null; else the text as it is. */
function valueOf(text: string): string | number | boolean | null {
  if (/^(?:true|false|null)$/.test(text)) return JSON.parse(text) as boolean | null;
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}
