import { statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readAnnotated } from '@slowthink/corpus';
import { FaultError, explainFault } from '@slowthink/faults';
import type { PolicyIdentity, ScoreReply } from '@slowthink/models';
import { formatCount } from '@slowthink/telemetry';
import { openScorer } from '@slowthink/wiring';
import type { Command } from 'commander';
import { alignColumns } from '../align-columns.ts';
import { addSettings, settingsOf } from '../flags.ts';
import { prmBenchQuality, processBenchQuality, thresholdOf, type ChangedChain, type PrmBenchQuality, type ProcessBenchQuality, type ProcessChain, type Threshold, type Valued } from '../prm/prm-quality.ts';
import { scoreChains, type JudgedChain } from '../prm/score-chains.ts';
import { openValuesFile } from '../prm/values-file.ts';

interface Given { readonly threshold?: string; readonly calibrate?: string; readonly out?: string; readonly json?: boolean }

/** What the command comes to. chains = valued + unscored. */
export interface PrmEvaluation {
  readonly scorer: PolicyIdentity;
  readonly chains: number;
  readonly unscored: { readonly [code: string]: number };
  readonly badRows: number;
  readonly duplicates: number; // passed over: the first one of a benchmark, subset and id counts
  readonly threshold: Threshold;
  readonly processBench: ProcessBenchQuality | null;
  readonly prmBench: PrmBenchQuality | null;
  readonly usage: ScoreReply['usage'];
}

const namedMax = 20; // rows and chains that are named one by one; the rest is counted
const inProcess = 64; // chains that a scorer inside the process sees at once

export function addEvaluatePrm(program: Command): void {
  addSettings(program.command('evaluate-prm'), ['scorer', 'models.threads', 'models.inFlight', 'models.timeoutMs', 'models.giveUpMs'])
    .description('Measure a step scorer where the wrong steps are known: ProcessBench (does it find the first wrong step?) and PRMBench (PRMScore).')
    .argument('<file...>', 'Files of ProcessBench (gsm8k, math, olympiadbench, omnimath) or PRMBench: JSON, JSONL or Parquet.')
    .option('--calibrate <subset>', 'The subset of ProcessBench on which the threshold is chosen; it is no test then (default: gsm8k, where it is there).')
    .option('--threshold <x>', 'A step whose value is above it is right, 0 to 1; nothing is calibrated.')
    .option('--out <file>', 'Write the numbers there as JSON, and beside it FILE.values.jsonl as they come: the same command goes on where it was stopped.')
    .option('--json', 'Print the numbers as one JSON object on the last line of stdout.')
    .addHelpText('after', '\nExample:\n  slowthink evaluate-prm gsm8k.json math.json olympiadbench.json omnimath.json --scorer onnx:models/prm --out prm.json\n  slowthink evaluate-prm prmbench.jsonl --threshold 0.5\n\ndocs/scorers.md says how each number is made. The mappings were not run on the real files.\n\nExit codes: 0 done, 2 wrong use, 3 a file or the scorer is missing.')
    .action(async (files: readonly string[], given: Given, command: Command) => {
      const { values: settings } = await settingsOf(command, false);
      const threshold = readThreshold(given);
      if (given.out !== undefined) checkOut(given.out);
      const { chains, badRows, duplicates } = await readChains(files);
      if (threshold === undefined) thresholdAsked(chains, given.calibrate);
      const scorer = await openScorer(settings, (signal) => { if (signal.kind === 'paused') say(`Waiting for the scorer: ${signal.message} Next try in ${Math.ceil(signal.retryInMs / 1000)} s.`); else if (signal.kind === 'resumed') say('The scorer answers again.'); });
      try {
        const { model, revision } = await scorer.describe();
        const file = given.out === undefined ? undefined : openValuesFile(`${given.out}.values.jsonl`, { model, revision });
        try {
          const scored = await scoreChains(chains, { scorer, inFlightMax: /^(?:openai|judge):/.test(settings.scorer) ? settings['models.inFlight'] : inProcess, file, onDone: progressOver(chains.length) });
          if (scored.fromFile > 0) say(`${formatCount(scored.fromFile)} of ${formatCount(chains.length)} chains had their values from ${given.out}.values.jsonl.`);
          nameSome(scored.unscored.map(({ chain, fault }) => `${chain.place} (${chain.id}): ${explainFault(fault)}`));
          const valued = chains.map((chain, at) => ({ chain, values: scored.values[at]! }));
          const evaluation = numbersOf({ model, revision }, valued, given, threshold, { badRows, duplicates, usage: scored.usage, unscored: Object.fromEntries(Array.from(Map.groupBy(scored.unscored, ({ fault }) => fault.code), ([code, some]) => [code, some.length])) });
          if (given.out !== undefined) writeFileSync(given.out, `${JSON.stringify(evaluation, undefined, 2)}\n`);
          process.stdout.write(given.json === true ? `${JSON.stringify(evaluation)}\n` : `${tableOf(evaluation)}\n`);
        } finally { file?.close(); }
      } finally { await scorer.close(); }
    });
}

const say = (line: string): void => { process.stderr.write(`${line}\n`); };

function nameSome(lines: readonly string[]): void {
  for (const line of lines.slice(0, namedMax)) say(line);
  if (lines.length > namedMax) say(`${formatCount(lines.length - namedMax)} more like the last line are counted, not named.`);
}

/** SETTING_INVALID. */
function readThreshold({ threshold, calibrate }: Given): number | undefined {
  if (threshold === undefined) return undefined;
  if (calibrate !== undefined) throw new FaultError('SETTING_INVALID', '--threshold and --calibrate are both given.', { hint: 'Give one of them.' });
  const value = Number(threshold);
  if (threshold.trim() === '' || !(value >= 0 && value <= 1)) throw new FaultError('SETTING_INVALID', `--threshold is ${JSON.stringify(threshold)}; a number from 0 to 1 is wanted.`, { hint: 'PRMBench uses 0.5.' });
  return value;
}

/** Before anything is scored: a folder that is not there would be found after the last chain. SETTING_INVALID. */
function checkOut(out: string): void {
  if (statSync(dirname(out), { throwIfNoEntry: false })?.isDirectory() !== true) throw new FaultError('SETTING_INVALID', `--out is ${out}; there is no folder ${dirname(out)}.`, { hint: 'Give --out a file in a folder that exists.' });
  if (statSync(out, { throwIfNoEntry: false })?.isDirectory() === true) throw new FaultError('SETTING_INVALID', `--out is ${out}, a folder; a file is wanted.`, { hint: 'Give --out a file.' });
}

/** The same for the subset of the threshold: what would be said at the end is said now. */
function thresholdAsked(chains: readonly JudgedChain[], calibrate: string | undefined): void {
  const asked = chains.flatMap((chain) => (chain.kind === 'process-bench' ? [{ chain, values: chain.steps.map((_, k) => (k === chain.label ? 0 : 1)) }] : []));
  thresholdOf(asked, { calibrate });
}

async function readChains(files: readonly string[]): Promise<{ readonly chains: readonly JudgedChain[]; readonly badRows: number; readonly duplicates: number }> {
  const chains: JudgedChain[] = [], bad: string[] = [], known = new Set<string>();
  let duplicates = 0;
  for (const path of files) {
    try {
      for await (const chain of readAnnotated(path)) {
        if (chain.kind === 'bad') { bad.push(`${chain.place}: ${chain.message}`); continue; }
        const key = JSON.stringify(chain.kind === 'process-bench' ? [chain.kind, chain.subset, chain.id] : [chain.kind, chain.id]);
        if (known.has(key)) { duplicates += 1; continue; }
        known.add(key);
        chains.push(chain);
      }
    } catch (error) {
      if (error instanceof FaultError && error.code === 'QUESTION_FILE_MISSING') throw new FaultError(error.code, error.message, { cause: error, hint: 'Check the path. docs/scorers.md says where the files come from.' });
      throw error;
    }
  }
  nameSome(bad);
  if (duplicates > 0) say(`${formatCount(duplicates)} rows repeat an id and are passed over.`);
  if (chains.length === 0) throw new FaultError('QUESTION_FILE_UNREADABLE', `${files.join(', ')} ${files.length === 1 ? 'holds' : 'hold'} no chain of ProcessBench or PRMBench.`, { hint: 'A row of ProcessBench has id, problem, steps and label; one of PRMBench has idx, modified_process and error_steps.' });
  return { chains, badRows: bad.length, duplicates };
}

/** A line at each twentieth. */
function progressOver(total: number): (done: number) => void {
  const part = Math.max(1, Math.ceil(total / 20));
  return (done) => { if (done % part === 0 && done < total) say(`Scored ${formatCount(done)} of ${formatCount(total)} chains.`); };
}

type Counts = Pick<PrmEvaluation, 'badRows' | 'duplicates' | 'usage' | 'unscored'>;

function numbersOf(scorer: PolicyIdentity, valued: readonly Valued<JudgedChain>[], { calibrate }: Given, given: number | undefined, counts: Counts): PrmEvaluation {
  const process = valued.filter((one): one is Valued<ProcessChain> => one.chain.kind === 'process-bench'), changed = valued.filter((one): one is Valued<ChangedChain> => one.chain.kind === 'prm-bench');
  const threshold = thresholdOf(process, { threshold: given, calibrate });
  return { scorer, chains: valued.length, ...counts, threshold, processBench: process.length === 0 ? null : processBenchQuality(process, threshold), prmBench: changed.length === 0 ? null : prmBenchQuality(changed, threshold) };
}

const percent = (share: number | null): string => (share === null ? 'n/a' : (100 * share).toFixed(1));
const within = (share: number | null, interval: readonly [number, number] | null): string => (share === null || interval === null ? percent(share) : `${percent(share)} (${percent(interval[0])} to ${percent(interval[1])})`);

const rowsOf = (cells: readonly (readonly string[])[]): readonly string[] => alignColumns(cells, (column) => column > 0);

function tableOf({ scorer, threshold, processBench, prmBench, chains, unscored, usage }: PrmEvaluation): string {
  const missed = Object.values(unscored).reduce((sum, count) => sum + count, 0);
  const lines = [
    `Scorer ${scorer.model}@${scorer.revision}. ${formatCount(chains)} chains${missed === 0 ? '' : `, ${formatCount(missed)} without values`}. ${formatCount(usage.promptTokens)} tokens read${usage.completionTokens === 0 ? '' : `, ${formatCount(usage.completionTokens)} written`}.`,
    threshold.from === 'given' ? `A step is right above ${threshold.value}, as given.` : `A step is right above ${threshold.value.toPrecision(4)}, chosen on ${threshold.subset}, which is no test.`,
  ];
  if (processBench !== null) {
    lines.push('', 'ProcessBench, first wrong step, %', ...rowsOf([['subset', 'chains', 'erroneous', 'correct', 'F1', ''], ...Object.entries(processBench.subsets).map(([name, { chains: count, erroneous, erroneousInterval, correct, correctInterval, f1, role }]) =>
      [name, formatCount(count), within(erroneous, erroneousInterval), within(correct, correctInterval), percent(f1), role === 'calibration' ? 'calibration' : ''])]));
    const { average, averageWithCalibration } = processBench;
    lines.push(`Mean F1 of the test subsets: ${percent(average)}${average === null ? ' (a subset needs chains with and without a wrong step)' : ''}.${threshold.from === 'given' ? '' : ` With ${threshold.subset}, as the paper averages: ${percent(averageWithCalibration)}.`}`);
  }
  if (prmBench !== null) {
    const row = (name: string, { steps, wrongSteps, f1, negativeF1, score, similarity }: PrmBenchQuality['total']): readonly string[] => [name, formatCount(steps), formatCount(wrongSteps), percent(f1), percent(negativeF1), percent(score), percent(similarity)];
    lines.push('', 'PRMBench, all steps, %', ...rowsOf([['class', 'steps', 'wrong', 'F1', 'negative F1', 'PRMScore', 'similarity'], ...Object.entries(prmBench.classes).map(([name, score]) => row(name, score)), row('all but correct', prmBench.total)]));
  }
  return lines.join('\n');
}
