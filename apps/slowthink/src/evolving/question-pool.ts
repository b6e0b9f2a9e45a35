import { createHash } from 'node:crypto';
import { promptHashOf, readCorpus, readManifests } from '@slowthink/corpus';
import { FaultError } from '@slowthink/faults';
import type { QuestionRecord } from '@slowthink/records';
import { questionPaths } from '../question-paths.ts';
import type { RunSettings } from '../flags.ts';

/** Questions that rounds draw from. Memory: all of them. */
export interface QuestionPool {
  readonly questions: readonly QuestionRecord[];
  /** Of files and ids, in order: the same files give the same. */
  readonly sha256: string;
  readonly badRows: number;
  /** Left out, since dev asks the same. */
  readonly onDev: number;
}

export interface DevItems { readonly count: number; readonly sha256: string; readonly prompts: ReadonlySet<string>; readonly sets: readonly string[] }

interface Read { readonly questions: readonly QuestionRecord[]; readonly sha256: string; readonly badRows: number }

/** The questions of --questions. SETTING_INVALID where a set is no training set, or nothing is left; faults of readCorpus. */
export async function readPool(given: readonly string[], settings: RunSettings, dev: DevItems, say: (message: string) => void): Promise<QuestionPool> {
  const { questions: all, sha256, badRows } = await readAll(given, settings, say);
  const foreign = all.find(({ role }) => role !== 'train');
  if (foreign !== undefined) throw new FaultError('SETTING_INVALID', `${foreign.dataset} is a ${foreign.role === 'dev' ? 'development' : 'benchmark'} set, and an evolution learns from --questions.`, { hint: 'Name training sets: "slowthink datasets" says which those are. Sets to measure on belong to --dev.' });
  const questions = all.filter(({ prompt }) => !dev.prompts.has(promptHashOf(prompt)));
  if (questions.length === 0) throw new FaultError('SETTING_INVALID', `--questions ${given.join(' ')} gives no question to learn from${badRows > 0 ? `: ${badRows} rows are none` : ''}.`, { hint: 'Name a training set, such as dosage, or a file of questions with answers.' });
  return { questions, sha256, badRows, onDev: all.length - questions.length };
}

/** The items of --dev, `limit` of them at most. SETTING_INVALID for a test set. */
export async function readDev(given: readonly string[], limit: number | null, settings: RunSettings, say: (message: string) => void): Promise<DevItems> {
  const { questions: all, sha256, badRows } = await readAll(given, settings, say);
  const test = all.find(({ split }) => split === 'test');
  if (test !== undefined) throw new FaultError('SETTING_INVALID', `${test.dataset} is a test set, and --dev decides which round is kept: its numbers would say nothing any more.`, { hint: 'Take a development set, such as dosage-dev. A test set is decoded once, at the end: slowthink evaluate --items dosage-test.' });
  const items = all.slice(0, limit ?? Infinity);
  if (items.length < 2) throw new FaultError('SETTING_INVALID', `--dev ${given.join(' ')} gives ${items.length === 0 ? 'no item' : 'one item, and an interval needs two'}${badRows > 0 ? `: ${badRows} rows are none` : ''}.`, { hint: 'Name a development set, such as dosage-dev.' });
  return { count: items.length, sha256, prompts: new Set(items.map(({ prompt }) => promptHashOf(prompt))), sets: [...new Set(items.map(({ dataset }) => dataset))] };
}

async function readAll(given: readonly string[], settings: RunSettings, say: (message: string) => void): Promise<Read> {
  const manifests = await readManifests();
  const hash = createHash('sha256');
  const questions: QuestionRecord[] = [];
  let badRows = 0;
  for await (const item of readCorpus({ paths: await questionPaths(given, manifests, settings['corpus.cache'], say), manifests })) {
    if (item.kind === 'file') hash.update(`${item.sha256}  ${item.dataset}\n`);
    if (item.kind === 'fault') badRows += 1;
    if (item.kind === 'question') { questions.push(item.question); hash.update(`${item.question.id}\n`); }
  }
  return { questions, sha256: hash.digest('hex'), badRows };
}
