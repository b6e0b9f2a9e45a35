import { open, rename, rm } from 'node:fs/promises';
import type { VerdictsRecord } from '@slowthink/records';
import { temporaryPath } from '@slowthink/results';
import type { Summary } from './summary.ts';

/** report.html: whole or not at all; pieces go to the disk as they are made. */
export async function writeReportFile(path: string, { evaluation, run, items, settings, sources }: Summary, records: AsyncIterable<VerdictsRecord>, reference?: string): Promise<void> {
  const { writeReport } = await import('@slowthink/report'); // brings the plots, a quarter of a second: loaded where a report is written
  const temporary = temporaryPath(path);
  const file = await open(temporary, 'w');
  try {
    for await (const piece of writeReport(evaluation, records, { facts: factsOf(run, items.sha256, settings, sources), ...(reference === undefined ? {} : { reference }) })) await file.appendFile(piece);
    await file.sync();
    await file.close();
    await rename(temporary, path);
  } finally {
    await file.close().catch(() => {});
    await rm(temporary, { force: true });
  }
}

/** Settings that a reader of the numbers asks for first; all of them stand in summary.json. */
const shownSettings: readonly (readonly [string, string])[] = [['seed', 'seed'], ['recipe', 'prompt and format of'], ['evaluate.temperature', 'temperature'], ['evaluate.topP', 'top_p'], ['evaluate.tokens', 'tokens of a candidate at most']];

function factsOf(run: string | null, itemsSha256: string, settings: Summary['settings'], sources: Summary['sources']): readonly (readonly [string, string])[] {
  const given = shownSettings.flatMap(([key, name]) => (settings[key] === undefined || settings[key] === null ? [] : [[name, String(settings[key])] as const]));
  return [...(run === null ? [] : [['run', run] as const]), ...(sources.length < 2 ? [] : [['merged of', `${sources.length} runs, seeds ${sources.map(({ seed }) => seed ?? 'unknown').join(', ')}`] as const]), ...given, ['sha256 of the items', itemsSha256]];
}
