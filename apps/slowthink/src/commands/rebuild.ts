import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Broker } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';
import { labelRecipes, prmRow, sftRow, trajectoriesOf } from '@slowthink/labels';
import { topics, type PartRecord, type TrajectoryRecord, type TreeRecord } from '@slowthink/records';
import { seal, toRecordBatch, writePart, type SealReport } from '@slowthink/tables';
import { openBroker, readRunFile, readTopic, runPaths, type RunFile } from '@slowthink/wiring';
import { Option, type Command } from 'commander';
import { addSettings, settingsOf, type RunSettings } from '../flags.ts';
import { foldTrees } from '../fold-trees.ts';
import { cardSettings, describeSeal } from '../sealing.ts';

export function addRebuild(program: Command): void {
  addSettings(program.command('rebuild'), ['dir', 'broker', 'labels', 'tables.format', 'tables.allowBenchmark', 'tables.threads', 'tables.rowsPerPart'])
    .description('Make a data set from the topics again, with any label recipe and without a model. Writes no topic.')
    .option('--out <dir>', 'Where the data set goes (default: DIR/rebuilt/LABELS).')
    .addOption(new Option('--from <what>', 'trees: the closed trees as they stand in their topic. events: folded again from the events, which must come to the same trees.').choices(['trees', 'events']).default('trees'))
    .option('--json', 'Print one JSON object as the last line on stdout.')
    .addHelpText('after', '\nExample:\n  slowthink rebuild --dir runs/medqa --labels hard')
    .action(async (_options: unknown, command: Command) => {
      const { values: settings } = settingsOf(command, true);
      const run = readRunFile(settings.dir);
      if (run === undefined) throw new FaultError('DIR_MISSING', `${settings.dir} holds no run.`);
      if (!Object.hasOwn(labelRecipes, settings.labels)) throw new FaultError('SETTING_INVALID', `--labels is ${settings.labels}; allowed: ${Object.keys(labelRecipes).join(', ')}.`);
      const broker = await openBroker(settings, 'read');
      try {
        const out = resolve((command.getOptionValue('out') as string | undefined) ?? join(runPaths(settings.dir).rebuilt, settings.labels));
        const report = await rebuild(broker, settings, run, out, command.getOptionValue('from') as 'trees' | 'events');
        process.stdout.write(command.getOptionValue('json') ? `${JSON.stringify(report)}\n` : `${await describeSeal(report)}\n`);
      } finally { await broker.close(); }
    });
}

/** Trees -> trajectories -> parts in a temporary folder -> sealed data set. Memory: one part of one partition. */
async function rebuild(broker: Broker, settings: RunSettings, run: RunFile, out: string, from: 'trees' | 'events'): Promise<SealReport> {
  const folder = mkdtempSync(join(runPaths(settings.dir).dir, '.rebuild-'));
  const threads = settings['tables.threads'];
  try {
    const parts: PartRecord[] = [];
    for (const { partition } of await broker.ranges(topics.trees.name)) {
      let chains: Chain[] = [];
      const flush = async (): Promise<void> => { if (chains.length > 0) parts.push(...await writeChains(folder, settings.labels, partition, chains)); chains = []; };
      for await (const { tree, offset } of treesOf(broker, partition, from)) {
        for (const value of trajectoriesOf(tree, settings.labels)) chains.push({ value, offset });
        if (chains.length >= settings['tables.rowsPerPart']) await flush();
      }
      await flush();
    }
    return await seal({ folder, parts, out, format: settings['tables.format'], allowBenchmark: settings['tables.allowBenchmark'], name: `slowthink-${run.run.slice(0, 8)}`, settings: cardSettings(settings, run, settings.labels), ...(threads === null ? {} : { threads }) });
  } finally { rmSync(folder, { recursive: true, force: true }); }
}

interface Chain { readonly value: TrajectoryRecord; readonly offset: number }

async function* treesOf(broker: Broker, partition: number, from: 'trees' | 'events'): AsyncIterable<{ readonly tree: TreeRecord; readonly offset: number }> {
  if (from === 'events') { yield* foldTrees(broker, partition); return; }
  for await (const { stored, value } of readTopic<TreeRecord>(broker, topics.trees, 'tree', { partition })) yield { tree: value, offset: stored.offset };
}

async function writeChains(folder: string, labels: string, partition: number, chains: readonly Chain[]): Promise<readonly PartRecord[]> {
  const place = { folder, labels, partition, firstOffset: chains[0]!.offset, lastOffset: chains.at(-1)!.offset };
  const lineage = (some: readonly Chain[]) => some.map(({ value, offset }) => ({ partition, offset, attempt: value.attempt }));
  const positive = chains.filter(({ value }) => value.polarity === 'positive');
  const parts = [await writePart({ ...place, kind: 'prm', batch: toRecordBatch('prm', chains.map(({ value }) => prmRow(value)), lineage(chains)) })];
  if (positive.length > 0) parts.push(await writePart({ ...place, kind: 'sft', batch: toRecordBatch('sft', positive.map(({ value }) => sftRow(value)), lineage(positive)) }));
  return parts;
}
