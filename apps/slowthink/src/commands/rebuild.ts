import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Broker } from '@slowthink/broker';
import { writeParts, type ShardDeps } from '@slowthink/app-shard/write-parts';
import { labelsIdOf, labelTree, resolveLabels, type LabelSettings } from '@slowthink/labels';
import { topics, type PartRecord, type TreeRecord } from '@slowthink/records';
import { silent, type Delivery } from '@slowthink/stream';
import { seal, type SealReport } from '@slowthink/tables';
import { flows, labelsOf, openBroker, runOf, readTopic, runPaths, type RunFile } from '@slowthink/wiring';
import { Option, type Command } from 'commander';
import { addSettings, placeKeys, runKeys, settingsOf, type RunSettings } from '../flags.ts';
import { foldTrees } from '../fold-trees.ts';
import { checkWhole } from '../medsss/check-whole.ts';
import { cardSettings, describeSeal } from '../sealing.ts';
import { tellInvalid } from '../tell-invalid.ts';

export function addRebuild(program: Command): void {
  addSettings(program.command('rebuild'), [...placeKeys, ...runKeys.filter((key) => /^(?:labels|preference)\./.test(key)), 'tables.format', 'tables.allowBenchmark', 'tables.threads', 'tables.rowsPerPart'])
    .description('Make a data set from the topics again, with any label settings and without a model. Writes no topic.')
    .option('--out <dir>', 'Where the data set goes (default: DIR/rebuilt/LABELS, or DIR/rebuilt/LABELS-HASH where other label settings than the recipe are set).')
    .addOption(new Option('--from <what>', 'trees: the closed trees as they stand in their topic. events: folded again from the events, which must come to the same trees.').choices(['trees', 'events']).default('trees'))
    .option('--json', 'Print one JSON object as the last line on stdout.')
    .addHelpText('after', '\nExample:\n  slowthink rebuild --dir runs/medqa --labels hard\n  slowthink rebuild --dir runs/medqa --labels dual-sided --pairs level leaf --keep-top 2')
    .action(async (_options: unknown, command: Command) => {
      const { values: settings } = await settingsOf(command, true);
      const labels = labelsOf(settings);
      const broker = await openBroker(settings, 'read', flows.run);
      try {
        const run = await runOf(broker, settings);
        await checkWhole(broker, run, settings.dir, { parts: false });
        const out = resolve((command.getOptionValue('out') as string | undefined) ?? join(runPaths(settings.dir).rebuilt, folderName(labels, settings.recipe)));
        const report = await rebuild(broker, settings, run, labels, out, command.getOptionValue('from') as 'trees' | 'events');
        process.stdout.write(command.getOptionValue('json') ? `${JSON.stringify(report)}\n` : `${await describeSeal(report)}\n`);
      } finally { await broker.close(); }
    });
}

/** The recipe's name for the settings that go with it, name and hash for any others: two folders never hold the same name and other rows. */
const folderName = (labels: LabelSettings, searchRecipe: string): string => (labelsIdOf(labels) === labelsIdOf(resolveLabels(searchRecipe, { recipe: labels.recipe })) ? labels.recipe : labelsIdOf(labels));

/** Trees -> trajectories and pairs -> parts in a temporary folder -> sealed data set. Memory: one part of one partition. */
async function rebuild(broker: Broker, settings: RunSettings, run: RunFile, labels: LabelSettings, out: string, from: 'trees' | 'events'): Promise<SealReport> {
  const folder = mkdtempSync(join(runPaths(settings.dir).dir, '.rebuild-'));
  const topic = from === 'trees' ? topics.trees : topics.expansions;
  const threads = settings['tables.threads'];
  const shard: ShardDeps = { folder, labels: labelsIdOf(labels), rowsPerPart: settings['tables.rowsPerPart'], quietMs: 0, giveUpMs: 0, observer: silent };
  try {
    const parts: PartRecord[] = [];
    for (const { partition } of await broker.ranges(topics.trees.name)) {
      let records: Delivery[] = [];
      const flush = async (): Promise<void> => {
        if (records.length > 0) parts.push(...(await writeParts(shard, records, new AbortController().signal)).outputs.map(({ value }) => value as PartRecord));
        records = [];
      };
      for await (const { tree, offset } of treesOf(broker, partition, from)) {
        for (const value of labelTree(tree, labels)) records.push({ topic: topic.name, partition, offset, key: value.questionId, value });
        if (records.length >= shard.rowsPerPart) await flush();
      }
      await flush();
    }
    return await seal({ folder, parts, out, format: settings['tables.format'], allowBenchmark: settings['tables.allowBenchmark'], lineageTopic: topic.name, name: `slowthink-${run.run.slice(0, 8)}`, settings: cardSettings(settings, run, labels), ...(threads === null ? {} : { threads }) });
  } finally { rmSync(folder, { recursive: true, force: true }); }
}

async function* treesOf(broker: Broker, partition: number, from: 'trees' | 'events'): AsyncIterable<{ readonly tree: TreeRecord; readonly offset: number }> {
  if (from === 'events') { yield* foldTrees(broker, partition); return; }
  for await (const { stored, value } of readTopic<TreeRecord>(broker, topics.trees, 'tree', { partition, ...tellInvalid })) yield { tree: value, offset: stored.offset };
}
