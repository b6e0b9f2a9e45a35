// The topic verdicts -> DIR/results. Memory: columns of all items; texts go by.
import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { Broker } from '@slowthink/broker';
import { readManifests } from '@slowthink/corpus';
import type { Evaluation } from '@slowthink/evaluation';
import { topics, type QuestionRecord, type VerdictsRecord } from '@slowthink/records';
import { readItems, resultPaths, writeSorted } from '@slowthink/results';
import { onStorage } from '@slowthink/tables';
import { flows, readRunFile, readTopic, type Watch } from '@slowthink/wiring';
import type { RunSettings } from '../flags.ts';
import { tellInvalid } from '../tell-invalid.ts';
import { numbersOf, rulesIn } from './numbers-of.ts';
import { summaryOf, type Summary } from './summary.ts';
import { writeReportFile } from './write-report-file.ts';
import { writeTables } from './write-tables.ts';
import { writeMedsss } from './write-medsss.ts';

export interface Results {
  readonly evaluation: Evaluation;
  readonly paths: ReturnType<typeof resultPaths>;
  readonly summary: Summary;
}

/** Writes every file of the results anew from the log: items, numbers, tables, the released form, the report. Each appears whole or not at all. EVALUATION_EMPTY, DISK_FULL, DISK_READ_ONLY. */
export async function writeResults(broker: Broker, settings: RunSettings, watch: Watch): Promise<Results> {
  const paths = resultPaths(settings.dir);
  return onStorage(paths.folder, async () => {
    mkdirSync(paths.folder, { recursive: true });
    const items = await writeSorted(paths.items, linesOf(broker));
    const imported = await importedOf(broker);
    watch.log(`${items.lines} items are judged; computing accuracies, intervals and the report …`);
    const run = readRunFile(settings.dir);
    const evaluation = await numbersOf(readItems(paths.items), { settings, titles: await titlesOf(), failed: (judged) => new Map([...imported].map(([set, count]) => [set, count - (judged.get(set) ?? 0)])) });
    const summary = summaryOf({ evaluation, items, settings: run?.settings ?? {}, run: run?.run ?? null });
    await writeFile(paths.summary, `${JSON.stringify(summary, null, 2)}\n`);
    await writeTables(paths, items.longest, rulesIn(evaluation));
    await writeMedsss(paths, evaluation);
    await writeReportFile(paths.report, summary, readItems(paths.items));
    return { evaluation, paths, summary };
  });
}

async function* linesOf(broker: Broker): AsyncGenerator<{ readonly key: string; readonly line: string }> {
  for await (const { value } of readTopic<VerdictsRecord>(broker, topics.verdicts, 'verdicts', tellInvalid)) yield { key: value.item.id, line: JSON.stringify(value) };
}

/** Items by set, as they were imported. */
async function importedOf(broker: Broker): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for await (const { value: { dataset } } of readTopic<QuestionRecord>(broker, flows.evaluation.source, 'question', tellInvalid)) counts.set(dataset, (counts.get(dataset) ?? 0) + 1);
  return counts;
}

/** What the sets are called, for people. */
export const titlesOf = async (): Promise<ReadonlyMap<string, string>> => new Map((await readManifests()).map(({ manifest }) => [manifest.name, manifest.title]));
