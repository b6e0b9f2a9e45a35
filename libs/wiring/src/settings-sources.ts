import { readFileSync } from 'node:fs';
import { isKafka } from '@slowthink/broker-kafka';
import { FaultError } from '@slowthink/faults';
import { resolveSettings, type Flags, type Resolved } from '@slowthink/settings';
import { flows } from './flows.ts';
import { readRunFile, type Remembered, type RunFile } from './run-folder.ts';
import { recipeFor } from './model-forms.ts';
import { runSettings, type RunSettings } from './run-settings.ts';

/** Settings that a run folder remembers: what decides its results, a grader's time and room for a verdict included, and where its questions come from; not the cache of a host. */
export const rememberedKeys = ['broker', 'run', 'policy', 'recipe', 'preset', 'seed', 'questions', 'grader', 'grading.timeoutMs', 'grading.startMs', 'grading.judgeSamples', 'grading.judgeTokens', ...Object.keys(runSettings).filter((key) => /^(?:search|labels|preference|corpus)\./.test(key) && key !== 'corpus.cache')] as readonly (keyof typeof runSettings)[];

/** What an import took of its files: another import is asked for anew, so that files named now are taken as the command says, and as no import before did. What questions are checked against (corpus.decontaminate) holds for the folder. */
const ofOneImport: ReadonlySet<string> = new Set<keyof typeof runSettings>(['corpus.map', 'corpus.limit', 'corpus.limitPerSet', 'corpus.shard', 'corpus.dataset', 'corpus.split']);

/** Variables of this project that are no settings, and no mistakes: where published data lies, which Python trains. */
export const otherVariables: readonly string[] = ['SLOWTHINK_MEDICAL_DATA', 'SLOWTHINK_PYTHON'];

export interface SettingsInput {
  /** As the command line gave them, by flag name without dashes; undefined is not given. */
  readonly flags: Flags;
  readonly env: { readonly [name: string]: string | undefined };
  /** Path of --config; else slowthink.json of the current folder if it is there. */
  readonly config?: string | undefined;
  readonly alsoKnown?: readonly string[];
  /** Folder where none is given, instead of the setting's default. */
  readonly defaultDir?: string;
  /** Take what the folder remembers for what is not given; what an import took of its files only where no other files are named. */
  readonly remember: boolean;
  /** What the run began with where the folder does not say it: a run on a Kafka, seen from a new host. */
  readonly began?: RunFile | undefined;
}

const defaultConfig = 'slowthink.json';
const runFile = 'run.json'; // of the run folder

/** Resolved settings whose recipe is named: the one that fits the policy where none was given. */
export type ResolvedRun = Resolved<typeof runSettings> & { readonly values: RunSettings };

const withRecipe = (resolved: Resolved<typeof runSettings>): ResolvedRun => ({ ...resolved, values: Object.freeze({ ...resolved.values, recipe: resolved.values.recipe ?? recipeFor(resolved.values.policy) }) });

/** All settings of a run, each with its origin. Faults: SETTING_UNKNOWN, SETTING_INVALID, DIR_VERSION. */
export function readSettings(input: SettingsInput): ResolvedRun {
  const { flags, env, config, alsoKnown = [], remember, began: elsewhere, defaultDir = runSettings.dir.default } = input;
  const file = readConfig(config ?? defaultConfig, config !== undefined);
  const schema: typeof runSettings = defaultDir === runSettings.dir.default ? runSettings : { ...runSettings, dir: { ...runSettings.dir, default: defaultDir as never } };
  const sources = { schema, flags, env, readFile: (path: string) => readFileSync(path, 'utf8'), alsoKnown };
  const first = resolveSettings({ ...sources, file });
  const { broker, run } = first.values;
  if (input.defaultDir === undefined && isKafka(broker) && run !== null && first.origins.dir.from === 'default') return readSettings({ ...input, defaultDir: `runs/${run}` }); // runs on a Kafka are told apart by name
  const began = remember ? readRunFile(first.values.dir) ?? elsewhere : undefined;
  if (began === undefined) return withRecipe(first);
  const given = new Set(Object.entries(first.origins).filter(([, { from }]) => from !== 'default').map(([key]) => key));
  const isImport = given.has(began.flow === flows.evaluation.name ? 'evaluate.items' : 'questions');
  const kept: Remembered = Object.fromEntries(Object.entries(began.settings).filter(([key, value]) => !given.has(key) && (value !== null || isChosen(key)) && !(isImport && ofOneImport.has(key))));
  const all = resolveSettings({ ...sources, flags, file: { path: file?.path ?? runFile, values: { ...flatten(file?.values), ...kept } } });
  return withRecipe({ ...all, origins: { ...all.origins, ...Object.fromEntries(Object.keys(kept).map((key) => [key, { from: 'file', name: runFile }])) } });
}

/** Whether null is something a user said: `none` instead of a default that is a value. */
const isChosen = (key: string): boolean => (runSettings as { readonly [key: string]: { readonly default: unknown } })[key]?.default !== null;

function readConfig(path: string, asked: boolean): { readonly path: string; readonly values: unknown } | undefined {
  let text: string;
  try { text = readFileSync(path, 'utf8'); } catch (cause) {
    if (!asked && (cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new FaultError('SETTING_INVALID', `The settings file ${path} cannot be read: ${(cause as Error).message}.`, { cause, hint: asked ? 'Correct the path given to --config.' : 'Make it readable, or start somewhere else.' });
  }
  try { return { path, values: JSON.parse(text) as unknown }; } catch (cause) {
    throw new FaultError('SETTING_INVALID', `The settings file ${path} is not JSON: ${(cause as Error).message}.`, { cause, hint: 'Mend the file.' });
  }
}

/** Nested groups as dotted keys, so that what the folder remembers can stand beside them. */
function flatten(values: unknown, prefix = ''): Record<string, unknown> {
  if (values === undefined) return {};
  return Object.fromEntries(Object.entries(values as object).flatMap(([name, value]) => {
    const key = `${prefix}${name}`;
    return value !== null && typeof value === 'object' && !Array.isArray(value) && !Object.hasOwn(runSettings, key) ? Object.entries(flatten(value, `${key}.`)) : [[key, value]];
  }));
}
