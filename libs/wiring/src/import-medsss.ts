// Files of MedSSS-data -> topic trees. What an import of questions does stands in import-questions.ts: rows that came before, ends, resume, faults, screens; here is what is made of a row, and the run that its trees belong to.
import type { Broker } from '@slowthink/broker';
import { parseMapping, type CorpusRequest } from '@slowthink/corpus';
import { FaultError } from '@slowthink/faults';
import { readMedsssRow, treeOfRow, type VerdictsOf } from '@slowthink/medsss';
import { runIdOf, topics } from '@slowthink/records';
import { flows } from './flows.ts';
import { importQuestions, type ImportOptions, type ImportReport, type Maker } from './import-questions.ts';
import { importedPolicy } from './imported-policy.ts';
import { labelsOf } from './labels-of.ts';
import { rememberedOf, settingsHashOf } from './resources.ts';
import { checkSameRun, displayName, folderVersion, readRunFile, runPaths, writeRunFile, type RunFile } from './run-folder.ts';
import { beginRun, checkKnown, readRunRecord } from './run-record.ts';
import type { RunSettings } from './run-settings.ts';
import { searchOf } from './search-of.ts';

/** Name of the data set where --dataset gives none. */
const dataset = 'medsss-data';

/** The columns of the release, where --map names none. */
const columns = parseMapping('question=question,answer=answer,id=id');

/** Whose verdicts stand in the trees: the name of the grader in their settings. */
const graderNameOf = (verdicts: VerdictsOf): string => (verdicts === 'rules' ? 'rules' : 'medsss-data');

/** Settings of a folder of imported trees: the released data came from the recipe of arXiv 2501.12051 v2, and no policy is asked. */
export const importedSettings = (settings: RunSettings): RunSettings => Object.freeze({ ...settings, policy: importedPolicy, recipe: 'meds3-v2', preset: 'paper', grader: 'rules' });

/** Whether the trees of a folder were imported. */
export const isImported = (run: RunFile | undefined): boolean => run?.policy.model === importedPolicy;

/**
 * The run that imported trees belong to: begun, or as it began. Its policy has no weights that could be named; the policy of each tree names the file by its sha256 instead. DIR_SETTINGS_CHANGED: a folder of a search, of questions,
 * or of other verdicts.
 */
export async function beginImported(broker: Broker, settings: RunSettings, verdicts: VerdictsOf): Promise<RunFile> {
  await checkKnown(broker, settings, flows.run);
  const began = readRunFile(settings.dir) ?? (broker.kind === 'kafka' ? await readRunRecord(broker) : undefined);
  if (began === undefined && (await broker.ranges(topics.questions.name)).some(({ end }) => end > 0)) throw new FaultError('DIR_SETTINGS_CHANGED', `${runPaths(settings.dir).dir} holds questions for a search.`, { hint: 'Imported trees have a folder of their own: give another --dir.' });
  const grader = graderNameOf(verdicts);
  const settingsHash = settingsHashOf(settings, flows.run, grader);
  const policy = { model: importedPolicy, revision: 'files' };
  const now: RunFile = { version: folderVersion, name: displayName(settings.dir, settings.run), run: runIdOf(settings.seed, settingsHash, policy), settingsHash, policy, labels: labelsOf(settings), grader, settings: await rememberedOf(settings, flows.run, began?.settings['questions'] as readonly string[] | undefined ?? []) };
  if (began !== undefined) checkSameRun(settings.dir, began, now);
  const first = broker.kind === 'kafka' ? await beginRun(broker, now) : now;
  if (began === undefined) writeRunFile(settings.dir, first);
  return began ?? first;
}

export interface MedsssImport extends Omit<ImportOptions, 'topic' | 'maker' | 'limitPerSet'> {
  readonly settings: RunSettings;
  readonly verdicts: VerdictsOf;
}

/** Writes every row as a closed tree, once, whatever was imported or killed before, as `importQuestions` does; its faults, and those of readMedsssRow and treeOfRow. */
export function importMedsss({ settings, verdicts, corpus, ...rest }: MedsssImport): Promise<ImportReport> {
  return importQuestions({ ...rest, corpus: { ...corpus, mapping: corpus.mapping ?? columns, dataset: corpus.dataset ?? dataset } satisfies CorpusRequest, topic: topics.trees, maker: treeMaker(settings, verdicts) });
}

function treeMaker(settings: RunSettings, verdicts: VerdictsOf): Maker {
  const grader = graderNameOf(verdicts);
  const search = searchOf(settings, grader);
  const settingsHash = settingsHashOf(settings, flows.run, grader);
  const { seed } = settings;
  return {
    name: `medsss, verdicts of ${verdicts}`,
    flags: ['--format', 'medsss', ...(verdicts === 'file' ? [] : ['--verdicts', verdicts])],
    make(question, { values, ordinal, where, sha256 }) {
      const policy = { model: importedPolicy, revision: sha256.slice(0, 16) };
      const { tree, tally } = treeOfRow(question, readMedsssRow(values, where), ordinal, where, { run: runIdOf(seed, settingsHash, policy), settingsHash, seed, policy, search, verdicts, sha256 });
      return { record: tree, tally: { ...tally } };
    },
  };
}
