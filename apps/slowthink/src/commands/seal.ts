import { FaultError } from '@slowthink/faults';
import { flows, openBroker, readRunFile } from '@slowthink/wiring';
import type { Command } from 'commander';
import { addSettings, settingsOf } from '../flags.ts';
import { describeSeal, sealFolder } from '../sealing.ts';

export function addSeal(program: Command): void {
  addSettings(program.command('seal'), ['dir', 'broker', 'tables.format', 'tables.allowBenchmark', 'tables.threads'])
    .description('Compact the finished parts of a run into DIR/dataset; also while the run goes on. The same parts give the same bytes.')
    .option('--json', 'Print one JSON object as the last line on stdout.')
    .addHelpText('after', '\nExample:\n  slowthink seal --dir runs/medqa --format arrow')
    .action(async (_options: unknown, command: Command) => {
      const { values: settings } = settingsOf(command, true);
      const run = readRunFile(settings.dir);
      if (run === undefined) throw new FaultError('DIR_MISSING', `${settings.dir} holds no run.`);
      const broker = await openBroker(settings, 'read', flows.run);
      try {
        const report = await sealFolder(broker, settings, run);
        process.stdout.write(command.getOptionValue('json') ? `${JSON.stringify(report)}\n` : `${await describeSeal(report)}\n`);
      } finally { await broker.close(); }
    });
}
