// A run on a Kafka comes to the bytes of the embedded log, whoever works on it: one process, one worker a stage, three workers a stage of which one stands by.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Workplace, done, questionLines, sealedFiles, smallRun, summaryOf } from './testing/command-line.ts';
import { KafkaRun, fewNodes, freshName } from './testing/kafka-run.ts';
import { startModelServer, type ModelServer } from './testing/model-server.ts';

const place = new Workplace();
const count = 6;
const stages = ['expand', 'rollout', 'label', 'shard'] as const;
let server: ModelServer;
let undisturbed: ReturnType<typeof sealedFiles>;
let requests: number;

beforeAll(async () => {
  server = await startModelServer();
  place.write('cases.jsonl', questionLines(count));
  const ended = await place.run(smallRun(server.policy, 'sqlite', '--questions', 'cases.jsonl'), fewNodes);
  expect(ended.code, ended.stderr).toBe(0);
  undisturbed = sealedFiles(place.path('sqlite/dataset'));
  requests = summaryOf(ended).requests;
});
afterAll(async () => { await server.close(); place.close(); });

const runOf = (what: string): KafkaRun => new KafkaRun(place, inject('kafka'), freshName(what));

async function sealed(dir: string, run: KafkaRun): Promise<ReturnType<typeof sealedFiles>> {
  done(await run.command(['seal', '--dir', dir, '--json']));
  return sealedFiles(place.path(dir, 'dataset'));
}

describe('a run on a Kafka', () => {
  it('gives in one process the bytes of the embedded log; the same command again asks nothing; two runs on one broker do not meet', async () => {
    const [one, other] = [runOf('one'), runOf('other')];
    const begin = (run: KafkaRun, seed: string) => run.start(server, undefined, run.name, ['--partitions', '2', '--questions', 'cases.jsonl', '--seed', seed]).ended;
    const [first, second] = await Promise.all([begin(one, '0'), begin(other, '1')]);
    expect(summaryOf(done(first))).toMatchObject({ requests, trees: count, faults: {} });
    expect(summaryOf(done(second))).toMatchObject({ trees: count, faults: {} });
    expect(sealedFiles(place.path(one.name, 'dataset'))).toEqual(undisturbed);
    expect(sealedFiles(place.path(other.name, 'dataset'))).not.toEqual(undisturbed);
    expect(summaryOf(done(await begin(one, '0')))).toMatchObject({ requests: 0, trees: count });
    expect(sealedFiles(place.path(one.name, 'dataset'))).toEqual(undisturbed);
  });

  it('gives them with a worker a stage, each with its own folder and ended by itself; status and seal know the run on a host that never saw it', async () => {
    const run = runOf('worker-a-stage');
    done(await run.command(['import', '--questions', 'cases.jsonl', '--dir', 'importer', '--partitions', '2']));
    const workers = stages.map((stage) => run.start(server, stage, `${run.name}-${stage}`));
    const reports = (await Promise.all(workers.map(({ ended }) => ended))).map((ended) => summaryOf(done(ended)));
    expect(reports[0]!.requests + reports[1]!.requests).toBe(requests);
    expect(reports[0]!.stages['expand']).toMatchObject({ in: count, ok: count, open: 0 });
    const status = JSON.parse(done(await run.command(['status', '--dir', 'never-seen', '--json'])).stdout) as { stages: { [name: string]: { in: number; unread: number } }; name: string };
    expect(status.name).toBe(run.name);
    for (const stage of stages) expect(status.stages[stage]).toMatchObject({ unread: 0 });
    expect(await sealed(`${run.name}-shard`, run)).toEqual(undisturbed);
  });

  it('gives them with three workers a stage on two partitions, all started before there is a question', async () => {
    const run = runOf('three-a-stage');
    const from = server.completions.length;
    const order = ['shard', 'label', 'rollout', 'expand'] as const; // those that wait for the others first
    const workers = order.flatMap((stage) => [1, 2, 3].map(() => ({ stage, ended: run.start(server, stage, `${run.name}-${stage}`, ['--partitions', '2']).ended })));
    done(await run.command(['import', '--questions', 'cases.jsonl', '--dir', 'importer', '--partitions', '2']));
    const reports = await Promise.all(workers.map(async ({ stage, ended }) => ({ stage, summary: summaryOf(done(await ended)) })));
    expect(new Set(server.completions.slice(from).map(({ prompt, seed, n }) => JSON.stringify([prompt, seed, n]))).size).toBe(requests); // a call of a partition that moved while they joined may be asked again
    expect(reports.reduce((sum, { summary }) => sum + summary.trees, 0)).toBeGreaterThanOrEqual(count);
    expect(reports.every(({ summary }) => Object.keys(summary.faults).length === 0)).toBe(true);
    expect(await sealed(`${run.name}-shard`, run)).toEqual(undisturbed);
  });
});
