import { findDataset, parseMapping, readManifests, type CorpusRequest } from '@slowthink/corpus';
import { FaultError } from '@slowthink/faults';
import { formatCount } from '@slowthink/telemetry';
import { importFlags, inShard, openBroker, readRunFile, shardOf, type ResolvedRun, type Screen } from '@slowthink/wiring';
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
