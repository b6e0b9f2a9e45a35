import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Broker } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';
import { readLag } from '@slowthink/runtime';
import { addLedgers, type LedgerCounts } from '@slowthink/stream';
import { checkComplete, checkFolder, checkGrader, checkImported, checkPolicy, flows, importQuestions, openFolder, readRunFile, runPaths, runProcess, searchOf, stopSignals, watchProcess, type ResolvedRun, type Watch } from '@slowthink/wiring';
import type { Command } from 'commander';
import { writeCurriculum, type CurriculumReport } from '../curriculum-file.ts';
import { curriculumTable } from '../curriculum-table.ts';
import { addSettings, explain, runKeys, settingsOf, type RunSettings } from '../flags.ts';
import { trainingScreen } from '../leak-screen.ts';
import { corpusRequest, defaultLimitText, importsQuestions, questionLimit, withDefaultQuestions } from '../questions.ts';
import { sayImported } from '../say-imported.ts';
import { curriculumProcesses } from '../stages.ts';
import { tellTotals } from '../tell-totals.ts';

const flow = flows.curriculum;
const defaultDir = 'runs/curriculum'; // a run and its curriculum have a folder each
const ofOthers = /^(?:labels\.|evaluate\.|evolve\.|preference\.|scorer$|tables\.|stream\.(?:trees|lagMax|follow)$)/; // settings that change nothing here

export function addCurriculum(program: Command): void {
  addSettings(program.command('curriculum'), runKeys.filter((key) => !ofOthers.test(key)), defaultDir)
    .description('Choose the questions a search should begin with: ask the policy k whole solutions of each, drop what is always right, keep the hardest share of the rest.')
    .option('--explain', 'Print every setting with its value and where it came from, and do nothing else.')
    .option('--json', 'Print one JSON object as the last line on stdout, and nothing else there.')
    .addHelpText('after', `\nExample:\n  slowthink curriculum --questions dosage --limit 64 --dir runs/curriculum\n  slowthink run --questions runs/curriculum/curriculum.jsonl --dir runs/first\n\nA restart with the same --dir goes on where it stopped; another --keep, --keep-count or --drop-never-right ranks again without a model. Ctrl-C drains; a second one stops at once.`)
    .action(async (_options: unknown, command: Command) => {
      const resolved = await withDefaultQuestions(await settingsOf(command, true, defaultDir));
      if (command.getOptionValue('explain')) { process.stdout.write(`${explain(resolved)}\n`); return; }
      await curriculum(resolved, command.getOptionValue('json') === true);
    });
}

async function curriculum(resolved: ResolvedRun, json: boolean): Promise<void> {
  const settings = resolved.values;
  const out = checkSettings(settings);
  const limit = questionLimit(settings);
  await checkFolder(settings, { alone: false, needsPolicy: true, flow });
  const isNew = readRunFile(settings.dir) === undefined;
  if (isNew) await checkPolicy(settings);
  const taking = await defaultLimitText(resolved);
  const watch = await watchProcess(settings, flow);
  const stop = stopSignals(watch);
  let broker: Broker | undefined;
  try {
    if (isNew) await checkGrader(settings, stop.asked); // it starts a program: Ctrl-C is heard already
    if (taking !== undefined) watch.log(taking);
    broker = await openFolder(settings, flow);
    if (importsQuestions(resolved)) sayImported(await importQuestions({ broker, corpus: await corpusRequest(settings, watch.log), topic: flow.source, limit, limitPerSet: settings['corpus.limitPerSet'] ?? undefined, screen: await trainingScreen(settings, watch.log), observer: watch.observer, signal: stop.asked }), watch);
    stop.asked.throwIfAborted();
    await checkImported(broker, settings.dir, 'curriculum');
    await tellTotals(broker, watch, flow);
    const drained = await anyUnread(broker) && (await probeAll(settings, broker, watch, stop.asked)).drained;
    if (!drained) await checkComplete(broker, flow);
    const report = drained ? undefined : await writeCurriculum(broker, ruleOf(settings), out);
    say({ ledger: await ledgerOf(broker), report, settings, watch, json });
  } catch (error) {
    if (!stop.asked.aborted || error !== stop.asked.reason) throw error;
    say({ ledger: await ledgerOf(broker), report: undefined, settings, watch, json }); // stopped before the stage ran: what was imported is committed
  } finally {
    stop.release();
    watch.stop();
    await broker?.close();
  }
}

/** Says what is wrong with the command before anything is written or asked; gives the path of the kept questions. SETTING_INVALID. */
function checkSettings(settings: RunSettings): string {
  searchOf(settings);
  const out = resolve(settings['curriculum.out'] ?? join(settings.dir, 'curriculum.jsonl'));
  const kindOf = (path: string): 'folder' | 'file' | 'missing' => { const found = statSync(path, { throwIfNoEntry: false }); return found === undefined ? 'missing' : found.isDirectory() ? 'folder' : 'file'; };
  if (kindOf(out) === 'folder') throw new FaultError('SETTING_INVALID', `--out ${out} is a folder.`, { hint: 'Name a file, such as curriculum.jsonl.' });
  if (settings['curriculum.out'] !== null && dirname(out) !== runPaths(settings.dir).dir && kindOf(dirname(out)) !== 'folder') throw new FaultError('SETTING_INVALID', `There is no folder ${dirname(out)} for --out.`, { hint: 'Make it, or name another file.' });
  return out;
}

const anyUnread = async (broker: Broker): Promise<boolean> => (await readLag(broker, flow.stages)).some(({ lag }) => lag > 0);

const probeAll = (settings: RunSettings, broker: Broker, watch: Watch, stop: AbortSignal) => runProcess({ settings, broker, flow, stages: curriculumProcesses, until: 'end', watch, stop });

const ruleOf = (settings: RunSettings) => ({ keep: settings['curriculum.keep'], keepCount: settings['curriculum.keepCount'], dropNeverRight: settings['curriculum.dropNeverRight'], seed: settings.seed });

/** Of all processes that worked in the folder. */
const ledgerOf = async (broker: Broker | undefined): Promise<LedgerCounts> => addLedgers((await broker?.progress() ?? []).filter(({ stage }) => stage === flow.stages[0].name).map(({ ledger }) => ledger));

interface Told { readonly ledger: LedgerCounts; readonly report: CurriculumReport | undefined; readonly settings: RunSettings; readonly watch: Watch; readonly json: boolean }

function say({ ledger: { open: _none, ...ledger }, report, settings, watch, json }: Told): void {
  const { requests, samples, promptTokens, completionTokens, cost, faults, elapsedMs } = watch.snapshot();
  watch.stop();
  if (json) {
    process.stdout.write(`${JSON.stringify({
      stages: { probe: ledger }, requests: requests.answered, samples, promptTokens, completionTokens, tokens: promptTokens + completionTokens, cost, faults, drained: report === undefined,
      questions: report?.questions ?? null, kept: report?.kept ?? null, tally: report?.tally ?? [], out: report?.path ?? null, sha256: report?.sha256 ?? null, seconds: Math.round(elapsedMs / 100) / 10,
    })}\n`);
    return;
  }
  const { dir } = runPaths(settings.dir);
  const lines = [`probe: ${ledger.in} questions in, ${ledger.ok} ok, ${ledger.failed} failed, ${ledger.dropped} dropped.`, `This process: ${requests.answered} requests, ${samples} samples, ${promptTokens} prompt and ${completionTokens} generated tokens in ${(elapsedMs / 1000).toFixed(1)} s.${cost === null ? '' : ` Cost: ${cost}.`}`];
  if (Object.keys(faults).length > 0) lines.push(`Faults: ${Object.entries(faults).map(([code, count]) => `${count} ${code}`).join(', ')}. "slowthink inspect faults --dir ${dir}" shows them.`);
  if (report === undefined) lines.push('Stopped before the end; nothing is lost. The same command goes on.');
  else lines.push(...curriculumTable(report.tally), `Kept ${report.kept} of ${report.questions} questions: ${report.path}`, ...(report.kept === 0 ? [] : [`Search them: slowthink run --questions ${report.path} --dir DIR`]));
  process.stdout.write(`${lines.join('\n')}\n`);
}
