import type { Broker } from '@slowthink/broker';
import type { VerdictsOf } from '@slowthink/medsss';
import { beginImported, importMedsss, importedSettings, openFolder, runProcess, stopSignals, watchRun, type ImportReport, type ProcessReport, type Tally } from '@slowthink/wiring';
import type { RunSettings } from '../flags.ts';
import { trainingScreen } from '../leak-screen.ts';
import { corpusRequest, questionLimit } from '../questions.ts';
import { processes } from '../stages.ts';

/**
 * "import --format medsss": rows become closed trees in the topic `trees`, and label and shard make parts of them, as of the trees of a search; no model is asked. Interrupted, the same command goes on. What is printed goes to
 * stdout: a line a file and what to type next, or one JSON object.
 */
export async function importTrees(given: RunSettings, paths: readonly string[], verdicts: VerdictsOf, json: boolean): Promise<void> {
  const settings = importedSettings(given);
  const limit = questionLimit(settings);
  const watch = watchRun();
  const stop = stopSignals(watch);
  let broker: Broker | undefined;
  try {
    broker = await openFolder(settings, undefined, watch.observer);
    await beginImported(broker, settings, verdicts);
    const report = await importMedsss({ broker, settings, verdicts, corpus: await corpusRequest(settings, watch.log, paths), limit, screen: await trainingScreen(settings, watch.log), observer: watch.observer, signal: stop.asked });
    const stages = stop.asked.aborted ? undefined : await runProcess({ settings, broker, stages: processes.filter(({ needsPolicy }) => !needsPolicy), until: broker.exclusive ? 'idle' : 'end', watch, stop: stop.asked });
    watch.stop();
    process.stdout.write(json ? `${JSON.stringify(objectOf(report, stages))}\n` : `${textOf(report, stages, settings.dir)}\n`);
  } finally {
    stop.release();
    watch.stop();
    await broker?.close();
  }
}

const objectOf = ({ files, ledger }: ImportReport, process: ProcessReport | undefined): object => ({ files, ledger, stages: Object.fromEntries((process?.stages ?? []).map(({ name, ledger: { open: _open, ...counts } }) => [name, counts])), drained: process?.drained ?? true });

function textOf({ files }: ImportReport, process: ProcessReport | undefined, dir: string): string {
  const lines = files.flatMap(({ path, questions, dataset, split, role, faults, known, dropped, open, tally }) => [
    `${path}: ${questions} trees of ${dataset}/${split} (${role}), ${faults} faults, ${known} imported before${dropped > 0 ? `, ${dropped} dropped` : ''}${faults + dropped > 0 ? ' ("slowthink inspect faults" says why)' : ''}.`, ...(tally === undefined ? [] : tallyLines(tally)),
    ...(open > 0 ? [`  ${open} answers are of a kind that no rule judges. Say how they are read, for all rows of the file: --map question=question,answer=answer,id=id,kind:number (or kind:span).`] : []),
  ]);
  if (process === undefined || process.drained) return [...lines, 'Stopped before the end; nothing is lost. The same command goes on.'].join('\n');
  return [...lines, `Type: slowthink seal --dir ${dir}`, `Other labels of the same trees: slowthink rebuild --labels dual-sided --pairs leaf --dir ${dir}`].join('\n');
}

/** What a person should know of the chains of a file; what did not happen is left out. */
function tallyLines(tally: Tally): readonly string[] {
  const { chains = 0, agree = 0, disagree = 0, unread = 0, repeated = 0, lastValues = 0, twins = 0, tidied = 0 } = tally;
  const percent = agree + disagree === 0 ? '' : ` (${((100 * disagree) / (agree + disagree)).toFixed(1)} %)`;
  const more: readonly (readonly [number, string])[] = [
    [repeated, 'chains left out: their row has the same text before'], [lastValues, 'last steps had another value than their verdict, 1 or 0, and have that now'],
    [twins, 'steps stand behind the same steps with equal text and another value: nodes of their own'], [tidied, 'steps have another text now: blank lines, control signs or marks inside'],
  ];
  return [`  ${chains} chains. The grader agrees with the file on ${agree}, disagrees on ${disagree}${percent} and finds no answer in ${unread}.`, ...more.filter(([count]) => count > 0).map(([count, what]) => `  ${count} ${what}.`)];
}
