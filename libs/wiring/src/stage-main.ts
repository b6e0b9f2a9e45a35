import { FaultError, explainFault } from '@slowthink/faults';
import { flagOptions } from '@slowthink/settings';
import { parseArgs } from 'node:util';
import { exitCodeOf } from './exit-codes.ts';
import { openFolder } from './resources.ts';
import { runProcess } from './run-process.ts';
import { runSettings } from './run-settings.ts';
import { readSettings } from './settings-sources.ts';
import type { StageSetupOf } from './stage-process.ts';
import { stopSignals } from './stop-signals.ts';
import { watchRun } from './watch-run.ts';

/** Main of one stage alone: works on what is in the folder and ends, or goes on with --follow. Sets the exit code; prints the ledger as one JSON line. */
export async function stageMain(stage: StageSetupOf, args: readonly string[] = process.argv.slice(2)): Promise<void> {
  const watch = watchRun();
  const stop = stopSignals(watch);
  try {
    const flags = parse(args);
    const { values: settings } = readSettings({ flags, env: process.env, remember: true });
    const broker = await openFolder(settings);
    try {
      const { stages } = await runProcess({ settings, broker, stages: [stage], until: settings['stream.follow'] ? 'follow' : 'idle', watch, stop: stop.asked });
      watch.stop();
      process.stdout.write(`${JSON.stringify(Object.fromEntries(stages.map(({ name, ledger }) => [name, ledger])))}\n`);
    } finally { await broker.close(); }
  } catch (error) {
    watch.stop();
    if (stop.asked.aborted && error === stop.asked.reason) return;
    process.stderr.write(`${error instanceof FaultError ? explainFault(error) : error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
    process.exitCode = exitCodeOf(error);
  } finally { stop.release(); }
}

function parse(args: readonly string[]): ReturnType<typeof parseArgs>['values'] {
  try { return parseArgs({ args: [...args], options: flagOptions(runSettings), allowNegative: true }).values; } catch (cause) {
    throw new FaultError('SETTING_UNKNOWN', (cause as Error).message, { cause });
  }
}

