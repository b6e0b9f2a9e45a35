// The program with the models that ship: nothing to give, nothing to start. The same bytes however many trees are open and wherever it is stopped or killed.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBroker, readSettings } from '@slowthink/wiring';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace, sealedFiles, summaryOf, type Ended } from './testing/command-line.ts';

const place = new Workplace();
afterAll(() => place.close());

/** A few samples a tree. */
const few = { SLOWTHINK_SEARCH_CHILDREN_MAX: '2', SLOWTHINK_SEARCH_SIMULATION_BASE: '1', SLOWTHINK_SEARCH_SIMULATION_MIN: '1', SLOWTHINK_SEARCH_SAMPLES_MAX: '8', SLOWTHINK_SEARCH_CORRECT_LEAVES_MAX: '1' };

const taking = 'Taking the first 64 of 2,000 questions of dosage; --limit all takes every one.';

describe('slowthink run with nothing given', () => {
  let first: Ended;
  const dataset = place.path('runs/default/dataset');

  it('takes 64 questions of dosage and the policy that ships, says so, and seals in runs/default', async () => {
    const stopped = place.start(['run', '--json'], few);
    await stopped.says('Opening the policy seed …');
    stopped.kill('SIGINT'); // while it loads, or just after
    const drained = await stopped.ended;
    expect(drained.code, drained.stderr).toBe(0);
    expect(drained.stderr).toContain(taking);
    first = await place.run(['run', '--json'], few);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toContain('64 questions of dosage/train, role train (known as dosage)');
    expect(summaryOf(first)).toMatchObject({ trees: 64, drained: false, dataset, faults: {}, stages: { expand: { in: 64, ok: 64, failed: 0, dropped: 0, open: 0 } } });
    expect(summaryOf(first).rows['prm']).toBeGreaterThan(64);
    expect(first.stderr).toMatch(/^\{"type":"progress","final":false,/m);
    const run = JSON.parse(readFileSync(place.path('runs/default/run.json'), 'utf8')) as { policy: object; settings: object };
    expect(run).toMatchObject({ policy: { model: 'seed', revision: expect.any(String) as string }, settings: { policy: 'seed', recipe: 'seed-cpu', questions: ['dosage'], 'corpus.limit': '64' } });
  });

  it('prints its result again in a finished folder without a single request', async () => {
    const before = sealedFiles(dataset);
    const again = await place.run(['run', '--json'], few);
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).not.toContain('Taking the first');
    expect(summaryOf(again)).toMatchObject({ requests: 0, tokens: 0, trees: 64, rows: summaryOf(first).rows, dataset });
    expect(sealedFiles(dataset)).toEqual(before);
    const explained = await place.run(['run', '--explain']);
    expect(explained.stdout).toMatch(/^recipe +seed-cpu +file run\.json/m);
    expect(explained.stdout).toMatch(/^questions +dosage +file run\.json/m);
  });

  it('refuses the folder for another policy or recipe (exit 2), and names what changed', async () => {
    for (const [args, message] of [[['--policy', 'openai:http://127.0.0.1:1#m'], 'the policy was seed, now it is m.'], [['--recipe', 'meds3-v2'], 'recipe was seed-cpu, now it is meds3-v2.']] as const) {
      const ended = await place.run(['run', ...args], few);
      expect(ended, ended.stderr).toMatchObject({ code: 2, stdout: '' });
      expect(ended.stderr).toContain(`DIR_SETTINGS_CHANGED ${place.path('runs/default')}: ${message}`);
    }
  });
});

describe('the same questions and seed', () => {
  const questions = ['--limit', '12', '--json', '--partitions', '2'] as const;
  let undisturbed: ReturnType<typeof sealedFiles>;

  const run = async (dir: string, ...more: readonly string[]): Promise<ReturnType<typeof sealedFiles>> => {
    const ended = await place.run(['run', '--dir', dir, ...questions, ...more], few);
    expect(ended.code, ended.stderr).toBe(0);
    expect(summaryOf(ended).stages['expand']).toEqual({ in: 12, ok: 12, failed: 0, dropped: 0, open: 0 });
    return sealedFiles(place.path(dir, 'dataset'));
  };

  /** A run that is sent the signal once its trees have grown a little. */
  const interrupted = async (dir: string, signal: NodeJS.Signals): Promise<Ended> => {
    const running = place.start(['run', '--dir', dir, ...questions, '--trees', '3', '--in-flight', '2'], few);
    await Promise.race([grown(dir, 20), running.ended]);
    running.kill(signal);
    return running.ended;
  };

  beforeAll(async () => { undisturbed = await run('wide', '--trees', '64'); });

  it.each<readonly [string, readonly string[]]>([
    ['one tree', ['--trees', '1']],
    ['8 trees, a narrow batch, little memory and one thread', ['--trees', '8', '--batch-rows', '3', '--kv-memory', '16MB', '--model-threads', '1']],
  ])('come with %s to the bytes of 64 trees', async (name, flags) => {
    expect(Object.keys(undisturbed)).toContain('prm/train-00000-of-00001.parquet');
    expect(await run(name.replaceAll(/\W+/g, '-'), ...flags)).toEqual(undisturbed);
  });

  it('come to the same bytes after kill -9', async () => {
    expect((await interrupted('killed', 'SIGKILL')).code).toBe(null);
    expect(await run('killed')).toEqual(undisturbed);
  });

  it('come to the same bytes after Ctrl-C, which finishes what is being written and exits 0', async () => {
    const ended = await interrupted('drained', 'SIGINT');
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('SIGINT: draining.');
    expect(summaryOf(ended)).toMatchObject({ drained: true, dataset: null });
    expect(summaryOf(ended).stages['expand']!.open).toBeGreaterThan(0);
    expect(await run('drained')).toEqual(undisturbed);
  });
});

/** Resolves when `expansions` holds so many records. */
async function grown(dir: string, records: number): Promise<void> {
  const { values } = readSettings({ flags: { dir: place.path(dir) }, env: {}, remember: false });
  for (;;) {
    try {
      const broker = await openBroker(values, 'read');
      try { if ((await broker.ranges('expansions')).reduce((sum, { start, end }) => sum + end - start, 0) >= records) return; } finally { await broker.close(); }
    } catch { /* not there yet */ }
    await sleep(20);
  }
}

describe('doctor', () => {
  it('opens the policy and the scorer that ship, and exits 0', async () => {
    const ended = await place.run(['doctor', '--dir', 'checked']);
    expect(ended.code, ended.stdout).toBe(0);
    for (const line of [/^ok {7}Policy: seed@[0-9a-f]+, context \d+ tokens/m, /^ok {7}Context: /m, /^ok {7}Seed: the same seed gave the same text twice\.$/m, /^ok {7}Scorer: seed@[0-9a-f]+; valued 2 of 2 steps\.$/m]) expect(ended.stdout).toMatch(line);
  });

  it('names a model folder that is missing with exit 3', async () => {
    const ended = await place.run(['doctor', '--policy', 'onnx:absent', '--scorer', 'onnx:gone']);
    expect(ended).toMatchObject({ code: 3, stderr: '' });
    expect(ended.stdout).toMatch(/^MISSING {2}Policy: MODEL_FOLDER_WRONG There is no folder .*absent\./m);
    expect(ended.stdout).toMatch(/^MISSING {2}Scorer: MODEL_FOLDER_WRONG There is no folder .*gone\./m);
  });
});
