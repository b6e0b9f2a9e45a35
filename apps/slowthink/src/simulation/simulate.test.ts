import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PartRecord } from '@slowthink/records';
import { seal } from '@slowthink/tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemsOf } from './check-history.ts';
import { calmOf, playSeeds, problemsOfSeed } from './play-seeds.ts';
import { simulate, type History } from './simulate.ts';
import { quiet, weatherOf } from './weather.ts';

const replayed = process.env['SLOWTHINK_SIMULATION_SEED'] !== undefined;

// Beyond them, 261 and 209 of an earlier weather: a worker that was overtaken between its claim and its look at its outputs ended the run with PROGRESS_MISSING; one that was frozen renamed its part over another's.
// Seeds among the 300 that once failed: 65, 77, 82, 180, 239 (a worker whose partitions had ended left while another one was on its way to it: now it stands by until the whole stage has ended).
describe('the simulation', () => {
  it('finds every law kept by 300 seeds: nothing lost, nothing twice, the rows of the quiet run, and no more asked again than law 2 allows', async () => {
    const { failures, happened } = await playSeeds(300, 'npx vitest run apps/slowthink/src/simulation');
    expect(failures.join('\n\n')).toBe('');
    if (replayed) return;
    for (const danger of [
      'a process dies at the broker', 'a process dies at the model', 'a process dies at the file', 'a process dies at the clock', 'the power is cut', 'a commit outlives its process', 'a commit is refused', 'a commit is lost',
      'a commit is full', 'a partition moves', 'a worker is fenced', 'the model is away', 'a request is turned away',
    ]) expect(happened.get(danger) ?? 0, danger).toBeGreaterThan(1);
  }, 600_000);
});

describe.skipIf(replayed)('the simulation, looked at itself', () => {
  const traceOf = async (seed: number): Promise<readonly string[]> => {
    const lines: string[] = [];
    await problemsOfSeed(seed, (line) => lines.push(line));
    return lines;
  };

  it('has the same history for the same seed, call by call, and another one for another seed', async () => {
    for (const seed of [16, 19, 32]) { // one, two and three processes
      const [first, second] = [await traceOf(seed), await traceOf(seed)];
      expect(first.length).toBeGreaterThan(100);
      expect(second).toEqual(first);
      expect(await traceOf(seed + 1)).not.toEqual(first);
    }
  });

  it('lives through two hours without a model: the process gives up after one, and the next one goes on', async () => {
    const weather = { ...quiet(2, 'laptop'), outages: [{ fromMs: 10, toMs: 2 * 3_600_000 }], delayMs: { broker: 1, model: 1, file: 1 }, prompt: 0 };
    const history = await simulate(weather);
    expect(problemsOf(history, await calmOf(weather))).toEqual([]);
    expect(history.virtualMs).toBeGreaterThan(2 * 3_600_000);
    expect(history.lives).toBeGreaterThan(1);
  });

  it('names what a history lacks, holds twice, has changed, asked in vain or left behind', async () => {
    const calm = await calmOf(quiet(3, 'laptop'));
    expect(problemsOf(calm, calm)).toEqual([]);
    const { records, progress, files } = calm;
    const [part] = records['parts']!.map((text) => JSON.parse(text) as PartRecord);
    const broken: readonly (readonly [Partial<History>, string])[] = [
      [{ records: { ...records, trees: records['trees']!.slice(1) } }, 'trees: missing'],
      [{ records: { ...records, trajectories: [...records['trajectories']!, records['trajectories']![0]!] } }, 'trajectories: too many'],
      [{ records: { ...records, rollouts: records['rollouts']!.map((text, index) => (index === 0 ? text.replace(/"right":\d/, '"right":9') : text)) } }, 'rollouts: too many'],
      [{ progress: progress.filter(({ stage }) => stage !== 'expand') }, 'expand: 0 records went in'],
      [{ progress: progress.map((one) => ({ ...one, ledger: { ...one.ledger, ok: one.ledger.ok + 1 } })) }, 'came out'],
      [{ askedAgain: 1 }, 'asked again'],
      [{ askedInVain: ['a.1 request'] }, 'although its answer was committed'],
      [{ files: new Map([...files].filter(([name]) => name !== part!.file)) }, 'is listed and not there'],
      [{ files: new Map([...files, [part!.file, Buffer.from('other')]]) }, 'has other bytes'],
      [{ files: new Map([...files, ['prm-0-left', Buffer.alloc(1)]]) }, 'is not listed'],
      [{ records: { ...records, parts: records['parts']!.slice(1) } }, 'rows; they should hold'],
    ];
    for (const [change, problem] of broken) expect(problemsOf({ ...calm, ...change }, calm).join('\n')).toContain(problem);
  });
});

describe.skipIf(replayed)('a data set out of a simulation', () => {
  let place: string;
  beforeAll(() => { place = mkdtempSync(join(tmpdir(), 'slowthink-simulation-')); });
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  const sealed = async (name: string, { files, records }: History) => {
    const [folder, out] = [join(place, `${name}-parts`), join(place, name)];
    mkdirSync(folder);
    for (const [file, bytes] of files) writeFileSync(join(folder, file), bytes);
    return (await seal({ folder, parts: records['parts']!.map((text) => JSON.parse(text) as PartRecord), out, format: 'parquet', allowBenchmark: false, name: 'stream', settings: {} })).files;
  };

  it('has the bytes of the quiet run (law 3)', async () => {
    const weather = weatherOf(16);
    const history = await simulate(weather);
    expect(history.lives).toBeGreaterThan(3);
    const quietly = await sealed('quiet', await calmOf(weather));
    expect(quietly.length).toBeGreaterThan(0);
    expect(await sealed('stormy', history)).toEqual(quietly);
  });
});
