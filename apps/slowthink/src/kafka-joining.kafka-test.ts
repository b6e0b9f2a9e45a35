// Workers come and go while their calls are in flight: calls of partitions that stay go on, those of partitions that move are asked once more, and a worker that leaves finishes its own first.
import { partitionOf } from '@slowthink/records';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Workplace, done, questionLines, sealedFiles, smallRun, summaryOf } from './testing/command-line.ts';
import { KafkaRun, freshName, until } from './testing/kafka-run.ts';
import { door, never, ok, startModelServer, type Asked, type ModelServer } from './testing/model-server.ts';

const place = new Workplace();
const servers: ModelServer[] = [];
const questions = 210; // their first nodes alone ask for more than 256 rollouts
const partitions = 8;
const few = { SLOWTHINK_SEARCH_NODES_MAX: '3', SLOWTHINK_SEARCH_SIMULATION_MIN: '6' };

beforeAll(() => { place.write('many.jsonl', questionLines(questions)); place.write('cases.jsonl', questionLines(4)); });
afterAll(async () => { for (const server of servers) await server.close(); place.close(); });

const server = async (): Promise<ModelServer> => { const one = await startModelServer(); servers.push(one); return one; };
const runOf = (what: string): KafkaRun => new KafkaRun(place, inject('kafka'), freshName(what));

/** Bytes of the embedded log, and how many requests they take. */
async function reference(file: string): Promise<{ readonly files: ReturnType<typeof sealedFiles>; readonly requests: number }> {
  const quick = await server();
  const ended = done(await place.run(smallRun(quick.policy, `sqlite-${file}`, '--questions', file), few));
  return { files: sealedFiles(place.path(`sqlite-${file}`, 'dataset')), requests: summaryOf(ended).requests };
}

/** The partition of the question that a prompt is about. */
const partitionOfPrompt = ({ prompt }: Asked): number => partitionOf(`many/train/q${/Case (\d+):/.exec(prompt)![1]}`, partitions);
const keyOf = ({ prompt, seed, n }: Asked): string => JSON.stringify([prompt, seed, n]);
const timesAsked = (all: readonly Asked[]): ReadonlyMap<string, number> => new Map([...Map.groupBy(all, keyOf)].map(([key, ones]) => [key, ones.length]));

describe('a second worker of rollout', () => {
  it('joins and leaves by SIGTERM while 256 calls are in flight: no call of a partition that stayed is asked again, a moved one at most once', async () => {
    const run = runOf('joining');
    const [quick, first, second] = [await server(), await server(), await server()];
    const [gate, gate2] = [door(), door()];
    first.answer = gate.behaviour;
    second.answer = gate2.behaviour;
    done(await run.command(['import', '--questions', 'many.jsonl', '--dir', run.name, '--partitions', String(partitions)]));
    const whole = reference('many.jsonl');
    const expand = run.start(quick, 'expand', run.name, [], few);
    const stays = run.start(first, 'rollout', run.name, ['--in-flight', '256'], few);
    await until('256 calls in flight', () => first.completions.length === 256);
    const comes = run.start(second, 'rollout', run.name, ['--in-flight', '256'], few);
    await until('calls of the partitions that moved', () => second.completions.length >= 64);
    const asked = [...first.completions]; // the 256, and those of places that became free while one partition had left and another not yet
    comes.kill('SIGTERM');
    await comes.says(/[Dd]raining/);
    gate2.open(ok);
    const left = summaryOf(done(await comes.ended));
    expect(left).toMatchObject({ drained: true, requests: second.completions.length });
    gate.open(ok);
    const others = [summaryOf(done(await stays.ended)), summaryOf(done(await expand.ended))];

    const moved = new Set(second.completions.map(partitionOfPrompt));
    expect(moved.size).toBeGreaterThan(0);
    expect(moved.size).toBeLessThanOrEqual(partitions / 2);
    const all = [...first.completions, ...second.completions];
    for (const [key, times] of timesAsked(all.filter((one) => !moved.has(partitionOfPrompt(one))))) expect(times, key).toBe(1);
    for (const [key, times] of timesAsked(all.filter((one) => moved.has(partitionOfPrompt(one))))) expect(times, key).toBeLessThanOrEqual(2);
    const again = all.length - timesAsked(all).size;
    expect(again).toBeLessThanOrEqual(asked.filter((one) => moved.has(partitionOfPrompt(one))).length);
    expect(again).toBeGreaterThan(0); // what moved in mid-call was lost with its worker's interest in it
    const { files, requests } = await whole;
    expect(others.reduce((sum, { requests: of }) => sum + of, left.requests)).toBe(requests);

    await Promise.all((['label', 'shard'] as const).map(async (stage) => done(await run.start(quick, stage, run.name, [], few).ended)));
    done(await run.command(['seal', '--dir', run.name, '--json']));
    expect(sealedFiles(place.path(run.name, 'dataset'))).toEqual(files);
  });
});

describe('a drain deadline', () => {
  it('ends a worker whose calls never end; another one goes on, and nothing is lost or doubled', async () => {
    const run = runOf('deadline');
    const [quick, stuck] = [await server(), await server()];
    stuck.answer = never;
    done(await run.command(['import', '--questions', 'cases.jsonl', '--dir', run.name, '--partitions', '2']));
    const expand = run.start(quick, 'expand', run.name, [], few);
    const worker = run.start(stuck, 'rollout', run.name, ['--drain', '2s'], few);
    await until('calls that never end', () => stuck.completions.length >= 4);
    worker.kill('SIGTERM');
    const cut = done(await worker.ended);
    expect(cut.stderr).toContain('The drain took longer than 2000 ms: calls in flight are cut');
    expect(summaryOf(cut)).toMatchObject({ requests: 0, drained: true });
    const reports = await Promise.all([expand.ended, ...(['rollout', 'label', 'shard'] as const).map((stage) => run.start(quick, stage, run.name, [], few).ended)]);
    const summaries = reports.map((ended) => summaryOf(done(ended)));
    const { files, requests } = await reference('cases.jsonl');
    expect(summaries.reduce((sum, { requests: of }) => sum + of, 0)).toBe(requests);
    expect(summaries[1]!.stages['rollout']).toMatchObject({ failed: 0 });
    done(await run.command(['seal', '--dir', run.name, '--json']));
    expect(sealedFiles(place.path(run.name, 'dataset'))).toEqual(files);
  });
});
