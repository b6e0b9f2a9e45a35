import { topics, type Topic } from '@slowthink/records';
import { topologyArrows, topologyDiagram } from '@slowthink/stream';
import type { Command } from 'commander';
import { stages } from '../stages.ts';

export function addTopology(program: Command): void {
  program.command('topology')
    .description('Print the flow as a Mermaid diagram, read from the stages themselves, and the table of topics.')
    .option('--json', 'Print stages and topics as JSON.')
    .addHelpText('after', '\nExample:\n  slowthink topology > flow.md')
    .action(({ json }: { readonly json?: boolean }) => { process.stdout.write(json ? `${JSON.stringify({ stages: stages.map(({ name, reads, writes }) => ({ name, reads: reads.map((topic) => topic.name), writes: writes.map((topic) => topic.name) })), topics: Object.values(topics) })}\n` : `${topologyText()}\n`); });
}

/** Diagram, one line an arrow, topics table: what ARCHITECTURE.md holds between its marks. */
export function topologyText(): string {
  const arrows = topologyArrows(stages).filter(({ text }) => text).map(({ stage, topic, direction, text }) => `- **${direction === 'reads' ? `${topic} → ${stage}` : `${stage} → ${topic}`}**: ${text}`);
  const rows = (Object.values(topics) as readonly Topic[]).map(({ name, what, key, partitions, retention, types, writers, readers }) => `| \`${name}\` | ${what} | ${key} | ${partitions === 'one' ? '1' : 'co-partitioned'} | ${retention} | ${types.join(', ')} | ${writers.join(', ') || '–'} | ${readers.join(', ') || '–'} |`);
  return ['```mermaid', topologyDiagram(stages), '```', '', ...arrows, '', '| topic | what | key | partitions | retention | record types | written by | read by |', '|---|---|---|---|---|---|---|---|', ...rows].join('\n');
}
