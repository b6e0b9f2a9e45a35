// Records that other programs wrote into the topics of a run: each ends in `faults` with its place or is named, and the data set is the one of a run that never met them.
import { topics, type FaultRecord } from '@slowthink/records';
import type { Message } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Workplace, done, questionLine, questionLines, sealedFiles, smallRun, summaryOf, type Ended } from './testing/command-line.ts';
import { KafkaRun, fewNodes, freshName } from './testing/kafka-run.ts';
import { startModelServer, type ModelServer } from './testing/model-server.ts';

const place = new Workplace();
let server: ModelServer;
let run: KafkaRun;
let second: Ended;
let requests: number;

/** What each topic that a stage reads is given; of another program, of a newer version, of no program. */
const poison = (type: string): readonly Message[] => [
  { key: 'json', value: '{"type":' }, { key: 'type', value: JSON.stringify({ type: 'part-of-another', v: 1 }) }, { key: 'newer', value: JSON.stringify({ type, v: 2, anything: true }) },
  { key: 'empty', value: '' }, { key: 'tombstone', value: null }, { key: null, value: JSON.stringify({ type, v: 1 }) }, { key: Buffer.from([0xff, 0, 0xfe]), value: Buffer.from([0, 0xff, 0xc3, 0x28, 0x1f, 0x8b]) },
].map((message) => ({ ...message, partition: 1 }));
const read = { questions: 'expand', expansions: 'rollout', rollouts: 'expand', trees: 'label', trajectories: 'shard' } as const; // topic -> stage that meets them
const typeOf = (topic: keyof typeof read): string => topics[topic].types[0]!;

beforeAll(async () => {
  server = await startModelServer();
  run = new KafkaRun(place, inject('kafka'), freshName('poison'));
  place.write('cases.jsonl', questionLines(3));
  place.write('more.jsonl', [4, 5, 6].map((at) => `${questionLine(`m${at}`, `More ${at}: which drug helps?`)}\n`).join(''));
  const start = (questions: string): Promise<Ended> => run.start(server, undefined, run.name, ['--partitions', '2', '--questions', questions]).ended;
  done(await place.run(smallRun(server.policy, 'sqlite', '--questions', 'cases.jsonl'), fewNodes));
  requests = summaryOf(done(await place.run(smallRun(server.policy, 'sqlite', '--questions', 'more.jsonl'), fewNodes))).requests;
  done(await start('cases.jsonl'));
  for (const topic of Object.keys(read) as (keyof typeof read)[]) await run.produce(topic, poison(typeOf(topic)));
  await run.produce('parts', poison('part'));
  await run.produce('faults', poison('fault'));
  const forged = JSON.stringify({ type: 'progress', v: 1, stage: 'expand', partition: 0, positions: {}, restore: {}, ledger: { in: 0, ok: 0, failed: 0, dropped: 0, open: 0 }, notes: {} });
  await run.produce('progress', [...poison('progress').filter(({ key }) => key !== null) /* the broker refuses those */, { key: 'expand/0', value: '{"positions":' }, { key: 'expand/1', value: forged }, { key: 'rollout/0', value: null }].map((message) => ({ ...message, partition: 0 })));
  second = await start('more.jsonl');
});
afterAll(async () => { await server.close(); place.close(); });

describe('poisoned records', () => {
  it('cost no tree, no request and no row', () => {
    expect(summaryOf(done(second))).toMatchObject({ requests, trees: 6, drained: false });
    expect(sealedFiles(place.path(run.name, 'dataset'))).toEqual(sealedFiles(place.path('sqlite/dataset')));
  });

  it('in a topic that a stage reads end in faults, each with RECORD_INVALID and its place', async () => {
    const { stdout } = done(await run.command(['inspect', 'faults', '--dir', run.name, '--json']));
    const faults = stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as FaultRecord);
    for (const [topic, stage] of Object.entries(read)) {
      const here = faults.filter((fault) => fault.place.startsWith(`${topic}/1/`));
      expect(here.map(({ code, stage: by }) => `${code} by ${by}`), topic).toEqual(Array.from({ length: 7 }, () => `RECORD_INVALID by ${stage}`));
      expect(new Set(here.map((fault) => fault.place)).size, topic).toBe(7);
      expect(here.map(({ message }) => message).join()).toMatch(/version 2; this program reads version 1/);
    }
    expect(faults).toHaveLength(7 * Object.keys(read).length);
  });

  it('in parts, faults and progress are passed over with their place', async () => {
    expect(second.stderr.match(/parts\/1\/\d+ was passed over: /g)?.length).toBeGreaterThanOrEqual(7);
    expect(second.stderr).toContain(`${run.name}.progress/0/`);
    for (const key of ['expand/0', 'expand/1', 'rollout/0']) expect(second.stderr).toContain(`another program wrote it, under the key ${key}.`);
    const inspected = done(await run.command(['inspect', 'faults', '--dir', run.name]));
    expect(inspected.stderr.match(/faults\/1\/\d+ was passed over: /g)).toHaveLength(7);
  });

  it('are passed over when the log is read again: rebuild comes to the same rows, from trees and from events', async () => {
    for (const from of ['trees', 'events']) {
      const rebuilt = done(await run.command(['rebuild', '--dir', run.name, '--from', from, '--out', place.path(from)]));
      expect(rebuilt.stderr).toMatch(/was passed over/);
      expect(sealedFiles(place.path(from))).toEqual(sealedFiles(place.path('sqlite/dataset')));
    }
    expect(done(await run.command(['status', '--dir', 'elsewhere'])).stdout).toContain('prm rows');
  });
});
