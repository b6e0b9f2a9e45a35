import type { Broker } from '@slowthink/broker';
import { FaultError, explainFault } from '@slowthink/faults';
import { flagOptions } from '@slowthink/settings';
import { parseArgs } from 'node:util';
import { exitCodeOf } from './exit-codes.ts';
import { checkFolder, checkGrader, checkPolicy, checkScorer, openFolder } from './resources.ts';
import { runProcess } from './run-process.ts';
import { runSettings, type RunSettings } from './run-settings.ts';
import { otherVariables, readSettings } from './settings-sources.ts';
import type { StageSetupOf } from './stage-process.ts';
import { remoteRun } from './run-record.ts';
import { stageUsage } from './stage-usage.ts';
import { stopSignals } from './stop-signals.ts';
import { watchProcess } from './watch-process.ts';

/** Main of one stage alone: works on what is in the folder and ends, or goes on with --follow. Sets the exit code; prints the ledger as one JSON line. --help prints its flags. */
export async function stageMain(stage: StageSetupOf, args: readonly string[] = process.argv.slice(2)): Promise<void> {
  try {
    const { help, ...flags } = parse(args);
    if (help === true) { process.stdout.write(stageUsage(stage)); return; }
    const read = { flags, env: process.env, alsoKnown, remember: true } as const;
    const first = readSettings(read).values;
    const began = await remoteRun(first);
    const settings = began === undefined ? first : readSettings({ ...read, began }).values;
    if (stage.needsPolicy) await checkPolicy(settings);
    if (stage.needsScorer?.(settings)) await checkScorer(settings);
    await checkFolder(settings, { alone: true, needsPolicy: stage.needsPolicy, flow: stage.flow });
    await work(stage, settings);
  } catch (error) {
    process.stderr.write(`${error instanceof FaultError ? explainFault(error) : error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

async function work(stage: StageSetupOf, settings: RunSettings): Promise<void> {
  const watch = await watchProcess(settings, stage.flow);
  const stop = stopSignals(watch);
  let broker: Broker | undefined;
  try {
    if (stage.judges ?? stage.needsPolicy) await checkGrader(settings, stop.asked); // it starts a program: Ctrl-C is heard already
    broker = await openFolder(settings, stage.flow, watch.observer);
    const { stages } = await runProcess({ settings, broker, ...(stage.flow ? { flow: stage.flow } : {}), stages: [stage], until: settings['stream.follow'] ? 'follow' : broker.exclusive ? 'idle' : 'end', watch, stop: stop.asked });
    watch.stop();
    process.stdout.write(`${JSON.stringify(Object.fromEntries(stages.map(({ name, ledger }) => [name, ledger])))}\n`);
  } catch (error) {
    if (!stop.asked.aborted || error !== stop.asked.reason) throw error; // stopped before the stage ran
  } finally {
    watch.stop();
    await broker?.close();
    stop.release();
  }
}

const alsoKnown = ['--help', ...otherVariables];

/** Flags by name. One that nobody knows is left in, for readSettings to name the nearest; other mistakes are SETTING_INVALID. */
function parse(args: readonly string[]): ReturnType<typeof parseArgs>['values'] {
  const options = { ...flagOptions(runSettings), help: { type: 'boolean', short: 'h' } } as const;
  try { return parseArgs({ args: [...args], options, allowNegative: true }).values; } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return parseArgs({ args: [...args], options, allowNegative: true, strict: false }).values;
    throw new FaultError('SETTING_INVALID', message.replace(/\.?$/, '.'), { hint: 'Type --help for the flags.', cause });
  }
}
