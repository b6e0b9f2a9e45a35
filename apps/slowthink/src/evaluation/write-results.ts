// The topic verdicts -> DIR/results. Memory: columns of all items; texts go by.
import { mkdirSync } from 'node:fs';
import type { Broker } from '@slowthink/broker';
import { readManifests } from '@slowthink/corpus';
import type { Evaluation } from '@slowthink/evaluation';
import { topics, type QuestionRecord, type VerdictsRecord } from '@slowthink/records';
import { readItems, removeLeftovers, resultPaths, writeSorted } from '@slowthink/results';
import { onStorage } from '@slowthink/tables';
import { flows, readRunFile, readTopic, type Watch } from '@slowthink/wiring';
import type { RunSettings } from '../flags.ts';
import { tellInvalid } from '../tell-invalid.ts';
import { numbersOf } from './numbers-of.ts';
import type { Summary } from './summary.ts';
import { writeFiles } from './write-files.ts';

export interface Results {
  readonly evaluation: Evaluation;
  readonly paths: ReturnType<typeof resultPaths>;
  readonly summary: Summary;
  /** Whether rules were named: all of them are shown then. */
  readonly rulesAsked: boolean;
}

/** Writes every file of the results anew from the log: items, numbers, tables, the released form, the report, the summary. Each appears whole or not at all. EVALUATION_EMPTY, DISK_FULL, DISK_READ_ONLY. */
export async function writeResults(broker: Broker, settings: RunSettings, watch: Watch): Promise<Results> {
  const paths = resultPaths(settings.dir);
  return onStorage(paths.folder, async () => {
    mkdirSync(paths.folder, { recursive: true });
    await removeLeftovers(paths.folder);
    const items = await writeSorted(paths.items, linesOf(broker));
    watch.log(`${items.lines} items are judged; computing accuracies, intervals and the report …`);
    const numbers = await numbersOf(readItems(paths.items), { settings, titles: await titlesOf(), asked: await importedOf(broker) });
    const run = readRunFile(settings.dir);
    const from = { settings: run?.settings ?? {}, run: run?.run ?? null, sources: [{ run: run?.run ?? null, seed: settings.seed, items: items.sha256, settingsKnown: run !== undefined }] };
    return { evaluation: numbers.evaluation, paths, summary: await writeFiles({ ...numbers, paths, items, from }), rulesAsked: settings['evaluate.rules'].length > 0 };
  });
}

async function* linesOf(broker: Broker): AsyncGenerator<{ readonly key: string; readonly line: string }> {
  for await (const { value } of readTopic<VerdictsRecord>(broker, topics.verdicts, 'verdicts', tellInvalid)) yield { key: value.item.id, line: JSON.stringify(value) };
}

/** The sets of the items that were imported, by id. */
async function importedOf(broker: Broker): Promise<ReadonlyMap<string, string>> {
  const sets = new Map<string, string>();
  for await (const { value: { id, dataset } } of readTopic<QuestionRecord>(broker, flows.evaluation.source, 'question', tellInvalid)) sets.set(id, dataset);
  return sets;
}

/** What the sets are called, for people. */
export const titlesOf = async (): Promise<ReadonlyMap<string, string>> => new Map((await readManifests()).map(({ manifest }) => [manifest.name, manifest.title]));
