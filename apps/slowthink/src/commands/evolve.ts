import { mkdirSync } from 'node:fs';
import { lockDir } from '@slowthink/broker-sqlite';
import { onStorage } from '@slowthink/tables';
import { FaultError } from '@slowthink/faults';
import { readRunFile, runSettings, stopSignals, type ResolvedRun } from '@slowthink/wiring';
import { stepsOf } from '@slowthink/evolution';
import type { Command } from 'commander';
import { addSettings, explain, runKeys, settingsOf } from '../flags.ts';
import { beginEvolution, type Seen } from '../evolving/begin-evolution.ts';
import { describeEvolution, evolutionSummary } from '../evolving/describe-evolution.ts';
import type { Evolution } from '../evolving/evolution.ts';
import { evolutionFolder } from '../evolving/evolution-folder.ts';
import { evolutionSettings, shownValues, type EvolutionSettings } from '../evolving/evolution-settings.ts';
import { evolutionView } from '../evolving/evolution-view.ts';
import { goOn } from '../evolving/go-on.ts';
import { openEvolution } from '../evolving/open-evolution.ts';
import { planOf } from '../evolving/plan-text.ts';

const defaultDir = 'runs/evolve';
const keys = runKeys.filter((key) => /^(?:evolve\.|dir$|run$|broker$|questions$|corpus\.(?:limitPerSet|cache)$|preset$|policy$|scorer$|seed$|evaluate\.(?:samples|draws)$|models\.)/.test(key));

export function addEvolve(program: Command): void {
  addSettings(program.command('evolve'), keys, defaultDir)
    .description('Let a model teach itself, round after round: search new questions with the present policy, train policy and step scorer on what came out right, measure both on held-out questions, keep the best.')
    .option('--plan', 'Print the rounds with their commands and about what they will cost, and do nothing else.')
    .option('--explain', 'Print every setting with its value and where it came from, and do nothing else.')
    .option('--json', 'Print one JSON object as the last line on stdout, and nothing else there.')
    .addHelpText('after', `
Example:
  slowthink evolve --plan
  slowthink evolve --trainer local:.venv/bin/python --dir runs/evolve
  slowthink evolve --questions train.jsonl mine.manifest.json --limit-per-set 500 --dev dev.jsonl --policy openai:http://127.0.0.1:8000#policy --base models/llama --serving "restart:http://127.0.0.1:8000 ./serve.sh {model} {name}"

train.jsonl has columns question and answer (and options, id, …); a file with others is given by a manifest that maps them (datasets/README.md).

Every step is a command of its own with two records in DIR/steps, so the same command goes on wherever it was stopped or killed; results are DIR/report.html, DIR/report.json and DIR/best.json, the models in use (docs/evolve.md).
Ctrl-C drains; a second one stops at once.`)
    .action(async (_options: unknown, command: Command) => {
      const resolved = await settingsOf(command, false, defaultDir);
      const folder = evolutionFolder(resolved.values.dir);
      if (readRunFile(folder.dir) !== undefined) throw new FaultError('DIR_OTHER_FLOW', `${folder.dir} is the folder of a run, a curriculum or an evaluation, not of an evolution.`, { hint: 'Give another --dir.' });
      const seen: Seen = { began: folder.read(), done: folder.records().done }, { began } = seen;
      const settings = evolutionSettings(resolved, givenFlags(command), folder, began);
      if (command.getOptionValue('explain')) { process.stdout.write(`${explain({ ...resolved, values: shownValues(settings.values), origins: settings.origins })}\n`); return; }
      const json = command.getOptionValue('json') === true;
      if (command.getOptionValue('plan')) {
        const { text, ...plan } = planOf(await openEvolution(settings, folder, began, (message) => process.stderr.write(`${message}\n`)), folder.records().done);
        process.stdout.write(json ? `${JSON.stringify(plan)}\n` : `${text}\n`);
        return;
      }
      await evolve(settings, folder, seen, json);
    });
}

/** Flags as they were typed, by setting. */
function givenFlags(command: Command): ReadonlyMap<keyof ResolvedRun['values'] & keyof typeof runSettings, string> {
  const byFlag = new Map(runKeys.map((key) => [(runSettings[key] as { readonly flag?: string }).flag, key]));
  return new Map(command.options.flatMap((option) => {
    const key = byFlag.get(option.long ?? undefined);
    return key === undefined || command.getOptionValueSource(option.attributeName()) !== 'cli' ? [] : [[key, String(command.getOptionValue(option.attributeName()))] as const];
  }));
}

async function evolve(settings: EvolutionSettings, folder: ReturnType<typeof evolutionFolder>, seen: Seen, json: boolean): Promise<void> {
  const view = evolutionView(settings.recipe, settings.rounds, seen.done.keys());
  const stop = stopSignals(view);
  let lock: ReturnType<typeof lockDir> | undefined;
  let evolution: Evolution | undefined;
  try {
    evolution = await openEvolution(settings, folder, seen.began, view.log);
    const left = stepsOf(evolution.recipe, evolution.rounds).filter(({ id }) => !seen.done.has(id));
    if (left.some(({ name }) => name === 'sft' || name === 'dpo' || name === 'prm')) view.log(`Training: ${await evolution.trainer.check(stop.asked)}.`);
    await onStorage(folder.dir, async () => { mkdirSync(folder.dir, { recursive: true }); });
    lock = lockDir(folder.dir);
    await beginEvolution(evolution, seen);
    const { report, drained } = await goOn(evolution, view, stop.asked);
    view.stop();
    const paths = { report: folder.path('report.html'), best: folder.path('best.json') };
    process.stdout.write(`${json ? JSON.stringify(evolutionSummary(report, paths, drained)) : describeEvolution(report, paths, drained)}\n`);
  } catch (error) {
    if (!stop.asked.aborted || error !== stop.asked.reason) throw error;
    view.stop();
    process.stdout.write(`${json ? JSON.stringify({ rounds: [], kept: null, stopped: null, report: null, drained: true }) : 'Stopped before the first step; nothing is lost. The same command goes on.'}\n`);
  } finally {
    stop.release();
    view.stop();
    await evolution?.serving.close();
    await evolution?.scorerServing.close();
    lock?.release();
  }
}
