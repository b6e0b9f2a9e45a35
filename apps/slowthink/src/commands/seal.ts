import { flows, openBroker, runOf } from '@slowthink/wiring';
import type { Command } from 'commander';
import { addSettings, placeKeys, settingsOf } from '../flags.ts';
import { describeSeal, sealFolder } from '../sealing.ts';

export function addSeal(program: Command): void {
  addSettings(program.command('seal'), [...placeKeys, 'tables.format', 'tables.allowBenchmark', 'tables.threads'])
    .description('Compact the finished parts of a run into DIR/dataset; also while the run goes on. The same parts give the same bytes.')
    .option('--json', 'Print one JSON object as the last line on stdout.')
    .addHelpText('after', '\nExample:\n  slowthink seal --dir runs/medqa --format arrow')
    .action(async (_options: unknown, command: Command) => {
      const { values: settings } = await settingsOf(command, true);
      const broker = await openBroker(settings, 'read', flows.run);
      try {
        const run = await runOf(broker, settings);
        const report = await sealFolder(broker, settings, run);
        process.stdout.write(command.getOptionValue('json') ? `${JSON.stringify(report)}\n` : `${await describeSeal(report)}\n`);
      } finally { await broker.close(); }
    });
}
