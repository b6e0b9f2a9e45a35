// What an administrator is told: every topic of the product, with the settings the adapter uses, and commands that can be pasted.
import { topicConfig } from '@slowthink/broker-kafka';
import { topics, type Topic } from '@slowthink/records';
import { Command } from 'commander';
import { expect, it, vi } from 'vitest';
import { addTopology, topologyText } from './commands/topology.ts';
import { kafkaCommands, kafkaTopology, kafkaTopologyText } from './kafka-topology.ts';

/** The command as typed, in this process. */
async function type(...flags: readonly string[]): Promise<{ readonly printed: string; readonly refused: string }> {
  const said = { printed: '', refused: '' };
  const program = new Command('slowthink').exitOverride().configureOutput({ writeErr: (text) => { said.refused += text; } });
  addTopology(program);
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => { said.printed += String(text); return true; });
  try { await program.parseAsync(['topology', ...flags], { from: 'user' }); } catch (error) { if (said.refused === '') throw error; } finally { write.mockRestore(); }
  return said;
}

const all: readonly Topic[] = Object.values(topics);
const topology = kafkaTopology(all, { run: 'first', partitions: 16, user: 'ann' });

it('names every topic once, begun by the run, with the partitions asked for and one for progress', () => {
  expect(topology.topics.map(({ name, partitions }) => [name, partitions])).toEqual(all.map(({ name }) => [`first.${name}`, name === 'progress' ? 1 : 16]));
});

it('prints the settings the adapter makes topics with', () => {
  for (const [index, { name, retention }] of all.entries()) {
    const { settings } = topology.topics[index]!;
    expect(settings).toEqual(topicConfig({ name, partitions: 1, retention }));
    for (const [key, value] of Object.entries(settings)) expect(kafkaCommands(topology, 'b:1')[index]).toContain(` --config ${key}=${value}`);
  }
});

it('gives rights to names that begin with the run and its dot, and to no others', () => {
  expect(kafkaCommands(topology, 'b:1').slice(all.length)).toEqual([
    'kafka-acls.sh --bootstrap-server b:1 --add --allow-principal User:ann --operation Read --operation Write --operation Create --operation Describe --operation DescribeConfigs --operation Delete --topic first. --resource-pattern-type prefixed',
    'kafka-acls.sh --bootstrap-server b:1 --add --allow-principal User:ann --operation Read --operation Describe --group first. --resource-pattern-type prefixed',
    'kafka-acls.sh --bootstrap-server b:1 --add --allow-principal User:ann --operation Write --operation Describe --transactional-id first. --resource-pattern-type prefixed',
  ]);
});

it('quotes a user who is a certificate', () => {
  expect(kafkaCommands(kafkaTopology(all, { run: 'first', partitions: 1, user: "CN=Ann O'Hara, O=Lab" }), 'b:1').at(-1)).toContain(` --allow-principal 'User:CN=Ann O'\\''Hara, O=Lab' `);
});

it('the table holds every topic, and ends with the commands', () => {
  const lines = kafkaTopologyText(topology, 'b:1').split('\n'), commands = kafkaCommands(topology, 'b:1');
  expect(lines.slice(-commands.length)).toEqual(commands);
  for (const { name, partitions, settings } of topology.topics) expect(lines).toContain(`${name.padEnd('first.benchmark-items'.length)}  ${String(partitions).padStart('partitions'.length)}  ${settings['cleanup.policy']}`);
});

it('is what "slowthink topology --kafka" prints', async () => {
  const { printed } = await type('--kafka', '--run', 'first', '--partitions', '16', '--user', 'ann', '--json');
  expect(JSON.parse(printed)).toEqual({ ...topology, commands: kafkaCommands(topology, 'HOST:9092') });
  expect((await type('--kafka', '--run', 'first', '--partitions', '16', '--user', 'ann')).printed).toBe(`${kafkaTopologyText(topology, 'HOST:9092')}\n`);
  expect((await type()).printed).toBe(`${topologyText()}\n`);
});

it.each([
  ['a run without --kafka', ['--run', 'first'], '--run needs --kafka'],
  ['a run that Kafka would refuse', ['--kafka', '--run', 'my run'], 'Kafka allows letters, digits, ".", "_" and "-" in names.'],
  ['no partition', ['--kafka', '--partitions', '0'], 'It is a whole number, 1 to 1024.'],
] as const)('refuses %s', async (_name, flags, message) => {
  expect(await type(...flags)).toEqual({ printed: '', refused: expect.stringContaining(message) });
});
