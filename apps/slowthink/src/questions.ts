import { findDataset, parseMapping, readManifests, type CorpusRequest } from '@slowthink/corpus';
import { FaultError } from '@slowthink/faults';
import { formatCount } from '@slowthink/telemetry';
import { importFlags, inShard, openBroker, readRunFile, runSettings, shardOf, type ResolvedRun, type Screen } from '@slowthink/wiring';
import type { RunSettings } from './flags.ts';
import { questionPaths } from './question-paths.ts';

/** What a run takes when it is given no questions and its folder holds none. */
const defaultQuestions = { dataset: 'dosage', limit: '64' } as const;

/** The settings of a run with the default questions where it has none: neither given, nor in its folder, but for an import of these. Writes nothing. */
export async function withDefaultQuestions(resolved: ResolvedRun): Promise<ResolvedRun> {
  const { values, origins } = resolved;
  if (values.questions.length > 0 || !await holdsNone(values)) return resolved;
  const limit = origins['corpus.limit'].from === 'default' ? defaultQuestions.limit : values['corpus.limit'];
  return { ...resolved, values: Object.freeze({ ...values, questions: [defaultQuestions.dataset], 'corpus.limit': limit }) };
}

async function holdsNone(settings: RunSettings): Promise<boolean> {
  if (readRunFile(settings.dir) !== undefined) return false;
  try {
    const broker = await openBroker(settings, 'read');
    try { return (await importFlags(broker)).every((flags) => flags[1] === defaultQuestions.dataset); } finally { await broker.close(); }
  } catch (error) {
    if (error instanceof FaultError && error.code === 'DIR_MISSING') return true;
    throw error;
  }
}

/** What a person is told who named no questions and no limit; undefined for others. */
export async function defaultLimitText({ values, origins }: ResolvedRun): Promise<string | undefined> {
  if (origins.questions.from !== 'default' || origins['corpus.limit'].from !== 'default' || values.questions[0] !== defaultQuestions.dataset) return undefined;
  const rows = findDataset(await readManifests(), defaultQuestions.dataset)?.manifest.rows;
  return rows === undefined ? undefined : `Taking the first ${defaultQuestions.limit} of ${formatCount(rows)} questions of ${defaultQuestions.dataset}; --limit all takes every one.`;
}

/**
 * Whether a run or a curriculum imports: questions that the command, its environment or a settings file names, or, where flags ask for another part of them (--limit all), those of its folder. Otherwise what the folder
 * remembers was imported when it was named.
 */
export const importsQuestions = ({ values, origins }: ResolvedRun): boolean => values.questions.length > 0 && (origins.questions.name !== 'run.json' || importKeys.some((key) => origins[key].from === 'flag'));

const importKeys = (Object.keys(runSettings) as readonly (keyof RunSettings)[]).filter((key) => key.startsWith('corpus.') && key !== 'corpus.cache');

/** The settings of an evaluation that names no items, over a folder that has some: its part of them stays, whatever flags say, and `say` tells in one line which of them change nothing. A flag with the folder's own value is not told. */
export function withoutImport({ values, origins }: ResolvedRun, say: (message: string) => void): RunSettings {
  const began = readRunFile(values.dir)?.settings ?? {};
  const unused = importKeys.filter((key) => origins[key].from === 'flag' && values[key] !== began[key]);
  if (unused.length === 0) return values;
  say(`${unused.map((key) => origins[key].name).join(', ')} ${unused.length === 1 ? 'changes' : 'change'} nothing: the folder has its items, and none are named to be taken. Name them with --items.`);
  return Object.freeze({ ...values, ...Object.fromEntries(unused.filter((key) => Object.hasOwn(began, key)).map((key) => [key, began[key]])) });
}

/** What --questions and its companions ask for; `given` instead of --questions, as --items of an evaluation is. `say` is told what is fetched from a hub, and which files of a folder are passed over. */
export async function corpusRequest(settings: RunSettings, say: (message: string) => void, given: readonly string[] = settings.questions): Promise<CorpusRequest> {
  const map = settings['corpus.map'];
  const manifests = await readManifests();
  return {
    paths: await questionPaths(given, manifests, settings['corpus.cache'], say),
    manifests,
    ...(map === null ? {} : { mapping: parseMapping(map) }),
    ...(settings['corpus.dataset'] === null ? {} : { dataset: settings['corpus.dataset'] }),
    ...(settings['corpus.split'] === null ? {} : { split: settings['corpus.split'] }),
  };
}

/** --limit as a number of questions; all is Infinity. SETTING_INVALID otherwise. */
export function questionLimit(settings: RunSettings): number {
  const text = settings['corpus.limit'];
  if (text === 'all') return Infinity;
  if (!/^[1-9]\d*$/.test(text)) throw new FaultError('SETTING_INVALID', `--limit is ${JSON.stringify(text)}; allowed: a whole number from 1, or all.`);
  return Number(text);
}

/** What an import takes of its questions: one part of them with --shard; `trainingScreen` is for questions to learn from. SETTING_INVALID. */
export function screenOf(settings: RunSettings): Screen | undefined {
  const shard = shardOf(settings['corpus.shard']);
  return shard && { name: `shard ${shard.part}/${shard.of}`, flags: ['--shard', `${shard.part}/${shard.of}`], look: ({ id }) => (inShard(shard, id) ? 'take' : 'pass over') };
}
