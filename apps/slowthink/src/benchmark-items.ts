import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LeakIndex, type LeakRules } from '@slowthink/contamination';
import { readCorpus, readManifests } from '@slowthink/corpus';
import { FaultError } from '@slowthink/faults';
import { hashId, type QuestionRecord } from '@slowthink/records';
import { formatCount } from '@slowthink/telemetry';
import type { RunSettings } from './flags.ts';
import { questionPaths } from './question-paths.ts';

/** Benchmark items, indexed, and where they came from. */
export interface BenchmarkItems {
  readonly index: LeakIndex;
  readonly rules: LeakRules;
  readonly files: readonly { readonly dataset: string; readonly path: string; readonly sha256: string; readonly items: number }[];
  readonly items: number;
  /** Rows that give no item. */
  readonly badRows: number;
  /** Says what is looked for and in what: the same files and rules give the same, in whatever order they are named. */
  readonly hash: string;
}

/** Where the bytes of the rules change, so must this: an import that was interrupted under other rules is another import. */
const rulesVersion = 1;

/**
 * Reads the items of `given`, as --questions takes them: files, names of data sets, folders. A mapping belongs to training questions and is not applied here: a file that needs one gets a manifest. `flag` is named where something is missing.
 * Faults: those of readCorpus; SETTING_INVALID where no row is an item.
 */
export async function readBenchmarkItems(given: readonly string[], settings: RunSettings, rules: LeakRules, flag: string, say: (message: string) => void): Promise<BenchmarkItems> {
  const manifests = await readManifests();
  const questions: QuestionRecord[] = [];
  const files: { dataset: string; path: string; sha256: string; items: number }[] = [];
  let badRows = 0;
  let firstBad = '';
  try {
    for await (const item of readCorpus({ paths: await questionPaths(given, manifests, settings['corpus.cache'], say), manifests })) {
      if (item.kind === 'file') files.push({ dataset: item.dataset, path: item.path, sha256: item.sha256, items: 0 });
      if (item.kind === 'fault' && badRows++ === 0) firstBad = `${item.place}: ${item.fault.message}`;
      if (item.kind !== 'question') continue;
      questions.push(item.question);
      files.at(-1)!.items += 1;
    }
  } catch (error) {
    throw error instanceof FaultError && error.code === 'QUESTION_FILE_MISSING' && !/published/u.test(error.hint) ? new FaultError(error.code, error.message, { cause: error, hint: `Check the path or name given to ${flag}: "slowthink datasets" lists every data set that is known.` }) : error;
  }
  if (questions.length === 0) throw new FaultError('SETTING_INVALID', `${flag} ${given.join(' ')} gives no item to check against: none of ${badRows} rows is a question. ${firstBad}`, { hint: 'Give a benchmark file with questions and answers. One whose columns have names of their own needs a manifest (datasets/README.md): --map belongs to the training questions.' });
  return { index: new LeakIndex(questions, rules), rules, files, items: questions.length, badRows, hash: hashId('leaks', rulesVersion, rules.kinds, rules.shareMin, files.map(({ dataset, sha256 }) => `${dataset} ${sha256}`).sort()) };
}

/** The names of every benchmark and dev set with a manifest: those whose file lies beside it, and the others. */
export async function benchmarksAtHand(): Promise<{ readonly names: readonly string[]; readonly missing: readonly string[] }> {
  const sets = (await readManifests()).filter(({ manifest }) => manifest.role !== 'train').map(({ manifest, folder }) => ({ name: manifest.name, there: existsSync(join(folder, manifest.file.path)) }));
  return { names: sets.filter(({ there }) => there).map(({ name }) => name), missing: sets.filter(({ there }) => !there).map(({ name }) => name) };
}

/** "600 items of dosage-dev, 1,273 of medqa" */
export const describeItems = ({ files }: Pick<BenchmarkItems, 'files'>): string => files.map(({ dataset, path, items }, at) => `${formatCount(items)}${at === 0 ? ' items' : ''} of ${dataset}${basename(path).startsWith(dataset) ? '' : ` (${basename(path)})`}`).join(', ');
