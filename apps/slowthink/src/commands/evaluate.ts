import { existsSync } from 'node:fs';
import type { Broker } from '@slowthink/broker';
import { decodeForm } from '@slowthink/beam-search';
import { ruleNamed } from '@slowthink/decoding';
import { readLag } from '@slowthink/runtime';
import { checkComplete, checkFolder, checkGrader, checkImported, checkPolicy, checkScorer, flows, importQuestions, isRecorded, needsOf, noScorer, openFolder, runPaths, runProcess, searchOf, stopSignals, watchProcess, type ImportReport, type ResolvedRun, type Watch } from '@slowthink/wiring';
import { Argument, type Command } from 'commander';
import { addSettings, explain, runKeys, settingsOf, type RunSettings } from '../flags.ts';
import { evaluationSummary, describeEvaluation } from '../evaluation/describe.ts';
import { asRecorded, recordedItems } from '../evaluation/recorded-items.ts';
import { writeResults, type Results } from '../evaluation/write-results.ts';
import { corpusRequest, questionLimit, screenOf, withoutImport } from '../questions.ts';
import { sayImported } from '../say-imported.ts';
import { evaluationProcesses } from '../stages.ts';
import { tellTotals } from '../tell-totals.ts';
import { FaultError } from '@slowthink/faults';

const flow = flows.evaluation;
const defaultDir = 'runs/evaluation';
const names: readonly string[] = evaluationProcesses.map(({ name }) => name);
const ofOthers = /^(?:questions$|corpus\.(?:decontaminate|leak)|labels\.|preference\.|curriculum\.|evolve\.|tables\.|preset$|stream\.(?:trees|snapshotRecords)$)/; // settings that change nothing here

export function addEvaluate(program: Command): void {
  addSettings(program.command('evaluate'), runKeys.filter((key) => !ofOthers.test(key)), defaultDir)
    .description('Measure a policy and a step scorer on benchmarks: N candidates of each item, every decoding rule from the same candidates, intervals, costs, and a report as one HTML file.')
    .addArgument(new Argument('[stage...]', 'Stages to run; all, and the results at the end, when none is named.').choices(names))
    .option('--explain', 'Print every setting with its value and where it came from, and do nothing else.')
    .option('--json', 'Print one JSON object as the last line on stdout, and nothing else there.')
    .addHelpText('after', `
Example:
  slowthink evaluate --items dosage-dev --limit 100
  slowthink evaluate --items evaluation_data --policy openai:http://127.0.0.1:8000#policy --scorer onnx:models/prm -n 16 --dir runs/eval
  slowthink evaluate --policy recorded:runs/eval --scorer onnx:models/other-prm --dir runs/other-prm      (other scorer, same candidates, no policy)

Results lie in DIR/results: items.jsonl and two Parquet files, summary.json, result.json (as the MedSSS release has it), report.html. "slowthink report" makes the numbers and the report again with other rules, and merges
runs; "slowthink compare" compares two. A restart with the same --dir goes on where it stopped. Ctrl-C drains; a second one stops at once.`)
    .action(async (alone: readonly string[], _options: unknown, command: Command) => {
      const given = withSecondColumn(withScorer(await settingsOf(command, true, defaultDir)));
      const resolved = alone.length === 0 || alone.includes('sample') ? await asRecorded(given) : given; // judge alone needs no recording, and may be on a host that has none
      if (command.getOptionValue('explain')) { process.stdout.write(`${explain(resolved)}\n`); return; }
      await evaluate(resolved, alone.length === names.length ? [] : alone, command.getOptionValue('json') === true);
    });
}

/** The scorer that ships values what the policy that ships writes; another policy has none until one is named. */
function withScorer(resolved: ResolvedRun): ResolvedRun {
  const { values, origins } = resolved;
  return origins.scorer.from === 'default' && values.policy !== 'seed' ? { ...resolved, values: Object.freeze({ ...values, scorer: noScorer }) } : resolved;
}

/** --grader medsss is a second column, not another judge: what is right is decided by the rules. */
function withSecondColumn(resolved: ResolvedRun): ResolvedRun {
  const { values } = resolved;
  return values.grader === 'medsss' ? { ...resolved, values: Object.freeze({ ...values, grader: 'rules', 'evaluate.graderToo': 'medsss' as const }) } : resolved;
}

async function evaluate(resolved: ResolvedRun, alone: readonly string[], json: boolean): Promise<void> {
  const { values, origins } = resolved;
  if (alone.length > 0 && values['evaluate.items'].length > 0) throw new FaultError('SETTING_INVALID', 'A stage alone imports nothing, and --items are given.', { hint: 'Import them with "slowthink evaluate --items …", which also writes the results.' });
  if (alone.length === 0 && values['evaluate.items'].length + values.questions.length === 0 && !isRecorded(values.policy) && !existsSync(runPaths(values.dir).dir)) throw noItems();
  const stages = alone.length === 0 ? evaluationProcesses : evaluationProcesses.filter(({ name }) => alone.includes(name));
  const needs = needsOf(stages, values);
  const limit = await checkSettings(values, needs);
  await checkFolder(values, { alone: alone.length > 0, needsPolicy: needs.policy, flow });
  const watch = await watchProcess(values, flow);
  const stop = stopSignals(watch);
  let broker: Broker | undefined;
  try {
    if (needs.judges) await checkGrader(values, stop.asked); // it starts a program: Ctrl-C is heard already
    if (values.scorer === noScorer && alone.length === 0) watch.log(`No step scorer: rules that need step values are left out.${origins.scorer.from === 'default' ? ' Name one with --scorer.' : ''}`);
    broker = await openFolder(values, flow, watch.observer);
    const settings = alone.length === 0 ? await importItems(resolved, broker, limit, watch, stop.asked) : values;
    if (alone.length === 0) await checkImported(broker, settings.dir, 'evaluate');
    await tellTotals(broker, watch, flow);
    const until = settings['stream.follow'] ? 'follow' : alone.length > 0 && broker.exclusive ? 'idle' : 'end';
    const drained = (alone.length > 0 || await anyUnread(broker)) && (await runProcess({ settings, broker, flow, stages, until, watch, stop: stop.asked })).drained;
    const complete = alone.length === 0 && !drained;
    if (complete) await checkComplete(broker, flow);
    const results = complete ? await writeResults(broker, settings, watch) : undefined;
    say({ results, settings, watch, json, drained, alone });
  } catch (error) {
    if (!stop.asked.aborted || error !== stop.asked.reason) throw error;
    say({ results: undefined, settings: values, watch, json, drained: true, alone }); // stopped before the stages ran: what was imported is committed
  } finally {
    stop.release();
    watch.stop();
    await broker?.close();
  }
}

/** Says what is wrong with the command before anything is written or asked; gives --limit as a number. */
async function checkSettings(settings: RunSettings, needs: ReturnType<typeof needsOf>): Promise<number> {
  searchOf(settings);
  const form = isRecorded(settings.policy) ? { kind: 'sample' } as const : decodeForm(settings['evaluate.decode'], settings['evaluate.samples']);
  if (form.kind === 'beam' && settings.scorer === noScorer) throw new FaultError('SETTING_INVALID', `--decode ${settings['evaluate.decode']} is steered by step values, and no step scorer is named.`, { hint: 'Name one with --scorer, or take --decode sample.' });
  for (const { name, reduce, choose } of settings['evaluate.rules'].map(ruleNamed)) {
    if (reduce !== undefined && settings.scorer === noScorer) throw new FaultError('SETTING_INVALID', `The rule ${name} needs step values, and no step scorer is named.`, { hint: 'Name one with --scorer, or leave the rule out.' });
    if (choose === 'greedy' && !settings['evaluate.greedy']) throw new FaultError('SETTING_INVALID', 'The rule greedy needs a greedy solution, and --no-greedy leaves it out.', { hint: 'Leave --no-greedy or the rule out.' });
  }
  if (needs.policy) await checkPolicy(settings);
  if (needs.scorer) await checkScorer(settings);
  screenOf(settings);
  return questionLimit(settings);
}

/** One line a file, and what else the numbers will be of. */
function tellItems(imported: ImportReport, watch: Watch, policy: string): void {
  sayImported(imported, watch, false);
  const further = imported.ledger.ok - imported.files.reduce((sum, { questions, known }) => sum + questions + known, 0);
  const foreign = imported.files.filter(({ dataset, role }) => role === 'benchmark' && !dataset.startsWith('dosage'));
  if (policy === 'seed' && foreign.length > 0) watch.log(`The policy that ships knows dose calculations and nothing else: ${foreign.map(({ dataset }) => dataset).join(', ')} say nothing of it. Name a model with --policy.`);
  if (further > 0) watch.log(`${further} further items lie in this folder from earlier commands: the numbers are of all. Another --dir keeps them apart.`);
}

/** Imports what --items names, or, for recorded candidates, the items they belong to; gives the settings of the evaluation: what flags say of an import holds only where there is one. */
async function importItems(resolved: ResolvedRun, broker: Broker, limit: number, watch: Watch, signal: AbortSignal): Promise<RunSettings> {
  const { values: settings } = resolved;
  const given = settings['evaluate.items'];
  const items = given.length > 0 || settings.questions.length > 0 ? given : await recordedItems(settings);
  if (items.length > 0) tellItems(await importQuestions({ broker, corpus: await corpusRequest(settings, watch.log, items), topic: flow.source, limit, limitPerSet: settings['corpus.limitPerSet'] ?? undefined, screen: screenOf(settings), observer: watch.observer, signal }), watch, settings.policy);
  else if ((await broker.ranges(flow.source.name)).every(({ end }) => end === 0)) throw noItems();
  signal.throwIfAborted();
  return items.length > 0 ? settings : withoutImport(resolved, watch.log);
}

const noItems = (): FaultError => new FaultError('SETTING_INVALID', 'No items are given.', { hint: 'Name a benchmark, a file or a folder: --items dosage-dev.' });

const anyUnread = async (broker: Broker): Promise<boolean> => (await readLag(broker, flow.stages)).some(({ lag }) => lag > 0);

interface Told { readonly results: Results | undefined; readonly settings: RunSettings; readonly watch: Watch; readonly json: boolean; readonly drained: boolean; readonly alone: readonly string[] }

function say({ results, settings, watch, json, drained, alone }: Told): void {
  const { requests, samples, promptTokens, completionTokens, cost, faults, elapsedMs } = watch.snapshot();
  watch.stop();
  const process_ = { requests: requests.answered, samples, promptTokens, completionTokens, cost, faults, drained, seconds: Math.round(elapsedMs / 100) / 10 };
  if (json) { process.stdout.write(`${JSON.stringify({ ...(results === undefined ? {} : evaluationSummary(results)), process: process_ })}\n`); return; }
  const lines = [`This process: ${requests.answered} requests, ${samples} samples, ${promptTokens} prompt and ${completionTokens} generated tokens in ${(elapsedMs / 1000).toFixed(1)} s.${cost === null ? '' : ` Cost: ${cost}.`}`];
  if (Object.keys(faults).length > 0) lines.push(`Faults: ${Object.entries(faults).map(([code, count]) => `${count} ${code}`).join(', ')}. "slowthink inspect faults --dir ${runPaths(settings.dir).dir}" shows them.`);
  process.stdout.write(`${(results === undefined ? [...lines, drained ? 'Stopped before the end; nothing is lost. The same command goes on.' : `${alone.join(' and ')} came to the end of what there is. "slowthink evaluate" with the same folder writes the results.`] : [describeEvaluation(results), ...lines]).join('\n')}\n`);
}
