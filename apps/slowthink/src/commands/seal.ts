import { join } from 'node:path';
import { FaultError } from '@slowthink/faults';
import { chainForms, type ChainForm } from '@slowthink/medsss';
import { flows, openBroker, runOf, runPaths } from '@slowthink/wiring';
import { Option, type Command } from 'commander';
import { addSettings, placeKeys, settingsOf } from '../flags.ts';
import { checkWhole } from '../medsss/check-whole.ts';
import { writeRows, type WrittenRows } from '../medsss/write-rows.ts';
import { ownFormat } from '../own-format.ts';
import { describeSeal, sealFolder } from '../sealing.ts';

export function addSeal(program: Command): void {
  addSettings(program.command('seal'), [...placeKeys, 'tables.allowBenchmark', 'tables.threads'])
    .description('Compact the finished parts of a run into DIR/dataset; also while the run goes on. The same parts give the same bytes.')
    .addOption(new Option('--format <name>', 'parquet or arrow: the data set, DIR/dataset (default: parquet). medsss: one file of rows { id, question, pos, neg, answer } of all closed trees, in the form of the released MedSSS-data.').choices(['parquet', 'arrow', 'medsss']))
    .addOption(new Option('--chains <form>', 'With --format medsss. objects: a step is { step, value }, as in the first release. tuples: [text, value, simulation], as in its code (default: objects).').choices(chainForms))
    .option('--no-step-marks', 'With --format medsss: texts without "Step k: " before them.')
    .option('--out <file>', 'With --format medsss: the file (default: DIR/medsss.json); .jsonl for a row a line.')
    .option('--json', 'Print one JSON object as the last line on stdout.')
    .addHelpText('after', '\nExample:\n  slowthink seal --dir runs/medqa --format arrow\n  slowthink seal --dir runs/medqa --format medsss --chains tuples')
    .action(async (_options: unknown, command: Command) => {
      const medsss = ownFormat(command, ['medsss']) !== undefined;
      const stray = medsss ? undefined : (['chains', 'stepMarks', 'out'] as const).find((name) => command.getOptionValueSource(name) === 'cli');
      if (stray !== undefined) throw new FaultError('SETTING_INVALID', `${flagNames[stray]} goes with --format medsss alone.`, { hint: `Add --format medsss, or leave ${flagNames[stray]} out.` });
      const { values: settings } = await settingsOf(command, true);
      const broker = await openBroker(settings, 'read', flows.run);
      try {
        const run = await runOf(broker, settings);
        await checkWhole(broker, run, settings.dir, { parts: !medsss });
        if (medsss) {
          const path = (command.getOptionValue('out') as string | undefined) ?? join(runPaths(settings.dir).dir, 'medsss.json');
          const written = await writeRows(broker, { path, allowBenchmark: settings['tables.allowBenchmark'], chains: (command.getOptionValue('chains') as ChainForm | undefined) ?? 'objects', marks: command.getOptionValue('stepMarks') !== false, unsimulated: run.labels!.unsimulated });
          process.stdout.write(command.getOptionValue('json') ? `${JSON.stringify(written)}\n` : `${describeRows(written)}\n`);
          return;
        }
        const report = await sealFolder(broker, settings, run);
        process.stdout.write(command.getOptionValue('json') ? `${JSON.stringify(report)}\n` : `${await describeSeal(report)}\n`);
      } finally { await broker.close(); }
    });
}

const flagNames = { chains: '--chains', stepMarks: '--no-step-marks', out: '--out' } as const;

function describeRows({ path, rows, pos, neg, withoutChain, benchmarkLeftOut }: WrittenRows): string {
  const lines = [`Wrote ${path}: ${rows} rows with ${pos} right and ${neg} wrong chains.`];
  if (withoutChain > 0) lines.push(`${withoutChain} trees give no row: they failed, or no chain of theirs ends in an answer.`);
  if (benchmarkLeftOut > 0) lines.push(`Left out, since their questions are benchmarks: ${benchmarkLeftOut} trees. --allow-benchmark writes them too.`);
  return lines.join('\n');
}
