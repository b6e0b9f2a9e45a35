// An evaluation on a Kafka comes to the items of the embedded log: in one process, and with a process a stage on hosts of their own.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Workplace, done, questionLines, summaryOf } from './testing/command-line.ts';
import { KafkaRun, freshName } from './testing/kafka-run.ts';
import { startModelServer, type ModelServer } from './testing/model-server.ts';

const place = new Workplace();
const count = 10;
let server: ModelServer;
let undisturbed: string;

const common = (): readonly string[] => ['--policy', server.policy, '-n', '4', '--scorer', 'seed', '--draws', '200', '--subsets', '10', '--rules', 'greedy,maj,vote-sum-min', '--json'];
const itemsOf = (dir: string): string => readFileSync(place.path(dir, 'results/items.jsonl'), 'utf8');

beforeAll(async () => {
  server = await startModelServer();
  place.write('cases.jsonl', questionLines(count));
  done(await place.run(['evaluate', '--dir', 'sqlite', '--items', 'cases.jsonl', ...common()]));
  undisturbed = itemsOf('sqlite');
});
afterAll(async () => { await server.close(); place.close(); });

describe('an evaluation on a Kafka', () => {
  it('gives in one process the items of the embedded log, and the same command again asks nothing', async () => {
    const run = new KafkaRun(place, inject('kafka'), freshName('evaluate-one'));
    const command = ['evaluate', '--dir', run.name, '--items', 'cases.jsonl', '--partitions', '2', ...common()];
    done(await run.command(command));
    expect(itemsOf(run.name)).toBe(undisturbed);
    const again = summaryOf(done(await run.command(command))) as unknown as { process: { requests: number } };
    expect(again.process.requests).toBe(0);
    expect(itemsOf(run.name)).toBe(undisturbed);
  });

  it('gives them with two workers a stage that start before there is an item; who imports writes the results', async () => {
    const run = new KafkaRun(place, inject('kafka'), freshName('evaluate-many'));
    const workers = (['judge', 'sample'] as const).flatMap((stage) => [1, 2].map((worker) => run.command(['evaluate', stage, '--dir', `${run.name}-${stage}-${worker}`, '--partitions', '2', ...common()])));
    const importer = run.command(['evaluate', '--dir', run.name, '--items', 'cases.jsonl', '--partitions', '2', ...common()]);
    for (const ended of await Promise.all([importer, ...workers])) done(ended);
    expect(itemsOf(run.name)).toBe(undisturbed);
  });
});
