import { topics, type Topic } from '@slowthink/records';
import { topologyArrows, topologyDiagram } from '@slowthink/stream';
import { InvalidArgumentError, type Command } from 'commander';
import { stages } from '../stages.ts';

const bootstrap = 'HOST:9092';

interface Options { readonly kafka?: boolean; readonly run: string; readonly partitions: number; readonly user: string; readonly json?: boolean }

export function addTopology(program: Command): void {
  program.command('topology')
    .description('Print the flow as a Mermaid diagram, read from the stages themselves, and the table of topics; or what a Kafka cluster must hold for a run.')
    .option('--kafka', 'Print the topics with their settings and the rights (ACLs) that a run on Kafka needs, and the commands that make them.')
    .option('--run <name>', 'With --kafka: name of the run, which begins every name in the cluster.', runName, 'NAME')
    .option('--partitions <n>', 'With --kafka: partitions of each topic (progress has 1).', partitionCount, 8)
    .option('--user <name>', 'With --kafka: whose rights.', 'USER')
    .option('--json', 'Print JSON: stages and topics, or topics, rights and commands.')
    .addHelpText('after', '\nExample:\n  slowthink topology > flow.md\n  slowthink topology --kafka --run first --user slowthink')
    .action(async ({ kafka, json, ...options }: Options, command: Command) => {
      const other = kafka ? undefined : ['run', 'partitions', 'user'].find((name) => command.getOptionValueSource(name) === 'cli');
      if (other !== undefined) command.error(`error: --${other} needs --kafka`);
      process.stdout.write(`${kafka ? await kafkaText(options, json) : json ? JSON.stringify({ stages: stages.map(({ name, reads, writes }) => ({ name, reads: reads.map((topic) => topic.name), writes: writes.map((topic) => topic.name) })), topics: Object.values(topics) }) : topologyText()}\n`);
    });
}

async function kafkaText(options: Options, json = false): Promise<string> {
  const { kafkaCommands, kafkaTopology, kafkaTopologyText } = await import('../kafka-topology.ts'); // brings the client of Kafka: loaded where it is asked for
  const topology = kafkaTopology(Object.values(topics), options);
  return json ? JSON.stringify({ ...topology, commands: kafkaCommands(topology, bootstrap) }) : kafkaTopologyText(topology, bootstrap);
}

function runName(text: string): string {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,199}$/.test(text)) throw new InvalidArgumentError('Kafka allows letters, digits, ".", "_" and "-" in names.');
  return text;
}

function partitionCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 1024) throw new InvalidArgumentError('It is a whole number, 1 to 1024.');
  return count;
}

/** Diagram, one line an arrow, topics table: what ARCHITECTURE.md holds between its marks. */
export function topologyText(): string {
  const arrows = topologyArrows(stages).filter(({ text }) => text).map(({ stage, topic, direction, text }) => `- **${direction === 'reads' ? `${topic} → ${stage}` : `${stage} → ${topic}`}**: ${text}`);
  const rows = (Object.values(topics) as readonly Topic[]).map(({ name, what, key, partitions, retention, types, writers, readers }) => `| \`${name}\` | ${what} | ${key} | ${partitions === 'one' ? '1' : 'co-partitioned'} | ${retention} | ${types.join(', ')} | ${writers.join(', ') || '–'} | ${readers.join(', ') || '–'} |`);
  return ['```mermaid', topologyDiagram(stages), '```', '', ...arrows, '', '| topic | what | key | partitions | retention | record types | written by | read by |', '|---|---|---|---|---|---|---|---|', ...rows].join('\n');
}
