import { FaultError, crossPoint } from '@slowthink/faults';
import type { SealReport } from '@slowthink/tables';
import { checkComplete, checkFolder, checkGrader, checkImported, checkPolicy, importQuestions, labelsOf, openFolder, runProcess, searchOf, stopSignals, watchProcess, type ProcessReport, type ResolvedRun, type Watch } from '@slowthink/wiring';
import type { Broker } from '@slowthink/broker';
import { Argument, type Command } from 'commander';
import { addSettings, explain, runKeys, settingsOf, type RunSettings } from '../flags.ts';
import { trainingScreen } from '../leak-screen.ts';
import { corpusRequest, defaultLimitText, importsQuestions, questionLimit, screenOf, withDefaultQuestions } from '../questions.ts';
import { sayImported } from '../say-imported.ts';
import { describeSeal, sealFolder } from '../sealing.ts';
import { processes, stageNames } from '../stages.ts';
import { tellTotals } from '../tell-totals.ts';

export function addRun(program: Command): void {
  addSettings(program.command('run'), runKeys.filter((key) => key !== 'scorer' && !/^(?:curriculum|evaluate|evolve)\./.test(key)))
    .description('Import questions, explore, roll out, label, write and seal: all stages in one process, or the named ones alone.')
    .addArgument(new Argument('[stage...]', 'Stages to run; all when none is named.').choices(stageNames))
    .option('--explain', 'Print every setting with its value and where it came from, and do nothing else.')
    .option('--json', 'Print one JSON object as the last line on stdout, and nothing else there.')
    .addHelpText('after', '\nExample:\n  slowthink run\n  slowthink run --questions first-questions --preset laptop --policy openai:http://127.0.0.1:8080#smollm2-135m --dir runs/first\n\nWithout flags: the first 64 questions of the data set dosage, the policy that ships, the folder runs/default. A restart with the same --dir goes on where it stopped. Ctrl-C drains; a second one stops at once.')
    .action(async (names: readonly string[], _options: unknown, command: Command) => {
      const alone = names.length > 0 && names.length < stageNames.length;
      const resolved = alone ? await settingsOf(command, true) : await withDefaultQuestions(await settingsOf(command, true));
      if (command.getOptionValue('explain')) { process.stdout.write(`${explain(resolved)}\n`); return; }
      await run(resolved, alone, names, command.getOptionValue('json') === true);
    });
}

async function run(resolved: ResolvedRun, alone: boolean, names: readonly string[], json: boolean): Promise<void> {
  const settings = resolved.values;
  const limit = await checkSettings(settings, names);
  await checkFolder(settings, { alone, needsPolicy: asksPolicy(names) });
  const taking = await defaultLimitText(resolved);
  const watch = await watchProcess(settings);
  const stop = stopSignals(watch);
  let broker: Broker | undefined;
  try {
    if (asksPolicy(names)) await checkGrader(settings, stop.asked); // it starts a program: last, and Ctrl-C is heard already
    if (taking !== undefined) watch.log(taking);
    broker = await openFolder(settings, undefined, watch.observer);
    const imported = !alone && importsQuestions(resolved) ? await importQuestions({ broker, corpus: await corpusRequest(settings, watch.log), limit, limitPerSet: settings['corpus.limitPerSet'] ?? undefined, screen: await trainingScreen(settings, watch.log), observer: watch.observer, signal: stop.asked }) : undefined;
    if (imported) sayImported(imported, watch);
    stop.asked.throwIfAborted();
    if (!alone) await checkImported(broker, settings.dir);
    await tellTotals(broker, watch);
    const report = await runProcess({ settings, broker, stages: alone ? processes.filter(({ name }) => names.includes(name)) : processes, until: settings['stream.follow'] ? 'follow' : alone && broker.exclusive ? 'idle' : 'end', watch, stop: stop.asked });
    const complete = !alone && !report.drained;
    if (complete) await checkComplete(broker);
    const sealed = complete ? await sealIfAny(broker, settings, report, watch) : undefined;
    crossPoint('run.sealed');
    const snapshot = watch.snapshot();
    watch.stop();
    const summary = summaryOf(report, sealed, snapshot);
    process.stdout.write(json ? `${JSON.stringify(summary)}\n` : `${await describeRun(report, sealed, snapshot)}\n`);
  } catch (error) {
    if (!stop.asked.aborted || error !== stop.asked.reason) throw error;
    const snapshot = watch.snapshot(); // stopped before the stages ran: what was imported is committed
    watch.stop();
    process.stdout.write(json ? `${JSON.stringify(summaryOf({ stages: [], drained: true }, undefined, snapshot))}\n` : `${stoppedEarly}\n`);
  } finally {
    stop.release();
    watch.stop();
    await broker?.close();
    crossPoint('broker.closed');
  }
}

const stoppedEarly = 'Stopped before the end; nothing is lost. The same command goes on.';

const asksPolicy = (names: readonly string[]): boolean => processes.some(({ name, needsPolicy }) => needsPolicy && (names.length === 0 || names.includes(name)));

/** Says what is wrong with the command before anything is written or asked; gives --limit as a number. SETTING_INVALID. */
async function checkSettings(settings: RunSettings, names: readonly string[]): Promise<number> {
  searchOf(settings);
  labelsOf(settings);
  if (asksPolicy(names)) await checkPolicy(settings);
  screenOf(settings);
  return questionLimit(settings);
}

async function sealIfAny(broker: Broker, settings: RunSettings, report: ProcessReport, watch: Watch): Promise<SealReport | undefined> {
  try { return await sealFolder(broker, settings, report.run); } catch (error) {
    if (!(error instanceof FaultError) || error.code !== 'DATASET_EMPTY') throw error;
    watch.log(`No data set was sealed: ${error.message} ${error.hint}`);
    return undefined;
  }
}

type Snapshot = ReturnType<Watch['snapshot']>;

function summaryOf(report: Pick<ProcessReport, 'stages' | 'drained'>, sealed: SealReport | undefined, snapshot: Snapshot): object {
  const stages = Object.fromEntries(report.stages.map(({ name, ledger: { open, ...rest } }) => [name, name === 'expand' ? { ...rest, open } : rest]));
  const expand = report.stages.find(({ name }) => name === 'expand')?.ledger;
  return {
    stages, trees: expand ? expand.ok : 0, requests: snapshot.requests.answered, tokens: snapshot.promptTokens + snapshot.completionTokens,
    promptTokens: snapshot.promptTokens, completionTokens: snapshot.completionTokens, samples: snapshot.samples, cost: snapshot.cost, graded: snapshot.graded, faults: snapshot.faults, drained: report.drained,
    rows: sealed?.rows ?? {}, dataset: sealed?.path ?? null, seconds: Math.round(snapshot.elapsedMs / 100) / 10,
  };
}

async function describeRun(report: ProcessReport, sealed: SealReport | undefined, snapshot: Snapshot): Promise<string> {
  const lines = ['Ledger              in       ok   failed  dropped     open'];
  for (const { name, ledger } of report.stages) lines.push(`  ${name.padEnd(12)}${[ledger.in, ledger.ok, ledger.failed, ledger.dropped].map((count) => String(count).padStart(9)).join('')}${name === 'expand' ? String(ledger.open).padStart(9) : ''}`);
  lines.push(`This process: ${snapshot.requests.answered} requests, ${snapshot.samples} samples, ${snapshot.promptTokens} prompt and ${snapshot.completionTokens} generated tokens in ${(snapshot.elapsedMs / 1000).toFixed(1)} s.${snapshot.cost === null ? '' : ` Cost: ${snapshot.cost}.`}`);
  const { judged, cached, failed, promptTokens, completionTokens } = snapshot.graded;
  if (judged + cached + failed > 0) lines.push(`Grader ${report.run.grader}: ${judged} answers judged, ${cached} more had the same text, ${failed} got no verdict${promptTokens + completionTokens > 0 ? `; ${promptTokens} prompt and ${completionTokens} generated tokens of its own` : ''}.`);
  const without = report.stages.find(({ name }) => name === 'label')?.ledger.dropped ?? 0;
  if (without > 0) lines.push(`${without} trees gave no row: no chain in them ends in an answer, or a label setting leaves them out (docs/labels.md). They stay in the log.`);
  const faults = Object.entries(snapshot.faults);
  if (faults.length > 0) lines.push(`Faults: ${faults.map(([code, count]) => `${count} ${code}`).join(', ')}. "slowthink inspect faults --dir ${report.paths.dir}" shows them.`);
  if (sealed) lines.push(await describeSeal(sealed));
  else if (report.drained) lines.push(stoppedEarly);
  return lines.join('\n');
}

