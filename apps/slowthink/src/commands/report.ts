import { dirname, resolve } from 'node:path';
import { ruleNamed } from '@slowthink/decoding';
import { FaultError } from '@slowthink/faults';
import { itemsFileOf } from '@slowthink/results';
import type { Command } from 'commander';
import { describeEvaluation, evaluationSummary } from '../evaluation/describe.ts';
import { writeReportFiles } from '../evaluation/report-files.ts';
import { titlesOf } from '../evaluation/write-results.ts';
import { addSettings, settingsOf } from '../flags.ts';

const keys = ['evaluate.rules', 'evaluate.draws', 'evaluate.subsets', 'evaluate.policyParameters', 'evaluate.scorerParameters', 'seed'] as const;

interface Given { readonly out?: string; readonly reference?: string; readonly json?: boolean }

export function addReport(program: Command): void {
  addSettings(program.command('report <results...>'), keys)
    .description('Make numbers, tables and report of an evaluation again, without a model: with other rules, or of several runs as one (parts of --shard, or more candidates from another seed). Seed, draws, subsets and parameters that are not given are those of the results.')
    .option('--out <folder>', 'Where the files go: the results folder itself for one run, and to be given for several.')
    .option('--reference <rule>', 'The rule that others are compared with when the report opens: maj when not given.')
    .option('--json', 'Print one JSON object as the last line on stdout, and nothing else there.')
    .addHelpText('after', '\nExample:\n  slowthink report runs/eval --rules greedy,maj,vote-sum-min --out runs/eval/three-rules\n  slowthink report runs/part-1 runs/part-2 --out runs/whole')
    .action(async (from: readonly string[], { out, reference, json }: Given, command: Command) => {
      const { values: settings, origins } = await settingsOf(command, false);
      if (from.length > 1 && out === undefined) throw new FaultError('SETTING_INVALID', 'Several results become one, and it is not said where.', { hint: 'Give --out FOLDER.' });
      for (const rule of [...settings['evaluate.rules'], ...reference === undefined ? [] : [reference]]) ruleNamed(rule);
      const results = await writeReportFiles({ from, out: resolve(out ?? dirname(itemsFileOf(from[0]!))), settings, isGiven: (key) => origins[key].from !== 'default', titles: await titlesOf(), reference });
      process.stdout.write(`${json ? JSON.stringify(evaluationSummary(results)) : describeEvaluation(results)}\n`);
    });
}
