import type { Broker } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';
import { topics, type FaultRecord, type StreamRecord, type TreeRecord } from '@slowthink/records';
import { readLag } from '@slowthink/runtime';
import { apply, nodesSoFar, printTree, type Tree, type TreeEvent } from '@slowthink/search';
import { flowOf, flows, openBroker, readTopic, scanTopic, type Flow } from '@slowthink/wiring';
import type { Command } from 'commander';
import { addSettings, placeKeys, settingsOf, type RunSettings } from '../flags.ts';
import { tellInvalid } from '../tell-invalid.ts';

export function addInspect(program: Command): void {
  const inspect = program.command('inspect').description('Look into a run folder, also while the run goes on.').addHelpText('after', '\nExample:\n  slowthink inspect topics --dir runs/medqa\n  slowthink inspect tree MedQA/test/17 --dir runs/medqa\n  slowthink inspect faults --dir runs/medqa');
  addSettings(inspect.command('topics'), [...placeKeys])
    .description('Records and unread records of each topic.')
    .addHelpText('after', '\nExample:\n  slowthink inspect topics --dir runs/medqa')
    .action((_options: unknown, command: Command) => inside(command, inspectTopics));
  addSettings(inspect.command('tree').argument('<id>', 'Tree id, or question id for all of its trees.'), [...placeKeys])
    .description('A tree as text: every node with value, visits, simulation and step, and why it was selected; one that is still open is folded from its events.')
    .option('--full', 'Whole step texts.')
    .option('--json', 'Print the tree records as JSON lines.')
    .addHelpText('after', '\nExample:\n  slowthink inspect tree MedQA/test/17 --dir runs/medqa')
    .action((id: string, _options: unknown, command: Command) => inside(command, (broker) => inspectTree(broker, id, command.opts<Looking>()), flows.run));
  addSettings(inspect.command('faults'), [...placeKeys])
    .description('Records that could not be processed: code, place, message, hint.')
    .option('--json', 'Print the fault records as JSON lines, with the original bytes.')
    .addHelpText('after', '\nExample:\n  slowthink inspect faults --dir runs/medqa --json')
    .action((_options: unknown, command: Command) => inside(command, (broker) => inspectFaults(broker, command.getOptionValue('json') === true)));
}

async function inside(command: Command, look: (broker: Broker, settings: RunSettings) => Promise<void>, flow?: Flow): Promise<void> {
  const { values: settings } = await settingsOf(command, true);
  const broker = await openBroker(settings, 'read', flow);
  try { await look(broker, settings); } finally { await broker.close(); }
}

const print = (line: string): void => { process.stdout.write(`${line}\n`); };

async function inspectTopics(broker: Broker): Promise<void> {
  const { stages, topics } = await flowOf(broker) ?? flows.run;
  const lag = await readLag(broker, stages);
  print('Topic            records   unread by');
  for (const { name } of topics.filter(({ retention }) => retention !== 'compacted')) {
    const ranges = await broker.ranges(name);
    const unread = stages.filter((stage) => stage.reads.some((topic) => topic.name === name)).map((stage) => `${stage.name} ${lag.filter((row) => row.stage === stage.name && row.topic === name).reduce((sum, row) => sum + row.lag, 0)}`);
    print(`  ${name.padEnd(14)}${String(ranges.reduce((sum, { start, end }) => sum + end - start, 0)).padStart(8)}   ${unread.join(', ')}`);
  }
}

async function inspectFaults(broker: Broker, json: boolean): Promise<void> {
  let count = 0;
  for await (const { value } of readTopic<FaultRecord>(broker, topics.faults, 'fault', tellInvalid)) {
    count++;
    print(json ? JSON.stringify(value) : `${value.code} (${value.stage}, ${value.place}, ${value.key})\n  ${value.message} ${value.hint}`);
  }
  if (!json) print(count === 0 ? 'No faults.' : `${count} faults.`);
}

interface Looking { readonly json?: boolean; readonly full?: boolean }

async function inspectTree(broker: Broker, id: string, { json = false, full = false }: Looking): Promise<void> {
  const isAsked = (record: { readonly treeId: string; readonly questionId: string }): boolean => record.treeId === id || record.questionId === id;
  const closed = new Set<string>();
  for await (const { value } of readTopic<TreeRecord>(broker, topics.trees, 'tree', tellInvalid)) {
    if (!isAsked(value)) continue;
    closed.add(value.treeId);
    print(json ? JSON.stringify(value) : printTree(value, { full }));
  }
  const open = new Map<string, Tree>();
  for (const topic of [topics.expansions, topics.rollouts]) {
    for await (const { value } of scanTopic(broker, topic)) {
      if (!value.includes(id)) continue;
      const event = JSON.parse(value) as StreamRecord;
      if (event.type === 'end' || !isAsked(event as TreeEvent) || closed.has((event as TreeEvent).treeId)) continue;
      open.set((event as TreeEvent).treeId, apply(open.get((event as TreeEvent).treeId), event as TreeEvent));
    }
  }
  for (const tree of open.values()) print(json ? JSON.stringify({ treeId: tree.treeId, questionId: tree.questionId, open: true, nodes: nodesSoFar(tree) }) : openTreeText(tree, full));
  if (closed.size + open.size === 0) throw new FaultError('SETTING_INVALID', `No tree and no question has the id ${id}.`, { hint: 'Ids look like dataset/split/id, as the rows of the question files have them.' });
}

/** An open tree, as far as its events have come. */
function openTreeText(tree: Tree, full: boolean): string {
  if (!tree.opened || !tree.search) return `${tree.questionId}  tree ${tree.treeId}: its first event is not there.`;
  const { type: _type, ...frame } = tree.opened;
  return `Still open: ${printTree({ ...frame, type: 'tree', status: 'closed', stop: 'not closed yet', nodes: nodesSoFar(tree), selections: tree.search.selections, usage: tree.search.usage }, { full })}`;
}
