// slowthink curriculum as a user starts it: killed, drained, paused and ranked again, it comes to the bytes of an undisturbed one; a run takes what it kept.
import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { flows, importQuestions, openFolder, readSettings } from '@slowthink/wiring';
import { Workplace, noRetries, questionLines, smallRun, summaryOf, type Ended, type Running } from './testing/command-line.ts';
import { after, first, ok, startModelServer, type ModelServer } from './testing/model-server.ts';

const place = new Workplace();
const count = 24;
let undisturbed: string;
let server: ModelServer;

const args = (policy: string, dir: string, ...more: readonly string[]): readonly string[] => ['curriculum', '--policy', policy, '--dir', dir, '--questions', 'cases.jsonl', '--partitions', '2', '-k', '4', '--json', ...more];
const start = (dir: string, ...more: readonly string[]): Running => place.start(args(server.policy, dir, ...more), noRetries);
const fileOf = (dir: string): string => readFileSync(place.path(dir, 'curriculum.jsonl'), 'utf8');
const idsOf = (file: string): readonly string[] => file.trimEnd().split('\n').map((line) => (JSON.parse(line) as { id: string }).id);
const asked = async (least: number): Promise<void> => { while (server.completions.length < least) await new Promise((resolve) => setTimeout(resolve, 5)); };
interface Curriculum { readonly questions: number | null; readonly kept: number | null; readonly out: string | null; readonly sha256: string | null; readonly tally: readonly { readonly right: number; readonly n: number; readonly questions: number; readonly kept: number }[] }
const curriculumOf = (ended: Ended): ReturnType<typeof summaryOf> & Curriculum => summaryOf(ended) as ReturnType<typeof summaryOf> & Curriculum;

async function goesOn(dir: string): Promise<ReturnType<typeof curriculumOf>> {
  server.answer = ok;
  const ended = await place.run(args(server.policy, dir));
  expect(ended.code, ended.stderr).toBe(0);
  expect(curriculumOf(ended)).toMatchObject({ stages: { probe: { in: count, ok: count, failed: 0, dropped: 0 } }, questions: count, drained: false });
  expect(fileOf(dir)).toBe(undisturbed);
  return curriculumOf(ended);
}

beforeAll(async () => {
  place.write('cases.jsonl', questionLines(count));
  const quiet = await startModelServer();
  const ended = await place.run(args(quiet.policy, 'quiet'));
  await quiet.close();
  expect(ended.code, ended.stderr).toBe(0);
  undisturbed = fileOf('quiet');
});
beforeEach(async () => { server = await startModelServer(); });
afterEach(() => server.close());
afterAll(() => place.close());

describe('slowthink curriculum', () => {
  it('asks each question once for k solutions, prints counts by right solutions and writes the hardest half of what is not always right', async () => {
    const ended = await start('counted').ended;
    const { tally, kept, questions, out, requests } = curriculumOf(ended);
    expect([requests, questions, out]).toEqual([count, count, place.path('counted/curriculum.jsonl')]);
    expect(server.completions.map(({ n }) => n)).toEqual(Array.from({ length: count }, () => 4));
    const candidates = tally.filter(({ right, n }) => right < n).reduce((sum, row) => sum + row.questions, 0);
    expect(kept).toBe(Math.ceil(candidates / 2));
    expect(idsOf(fileOf('counted'))).toHaveLength(kept!);
    expect(fileOf('counted')).toBe(undisturbed);
  });

  it('prints a table for people, and status knows the folder', async () => {
    const told = await place.run(['curriculum', '--dir', 'quiet']); // without a server: nothing is left to ask
    expect(told.code, told.stderr).toBe(0);
    expect(told.stdout).toMatch(new RegExp(`^probe: ${count} questions in, ${count} ok, 0 failed, 0 dropped\\.$`, 'm'));
    expect(told.stdout).toMatch(/^Kept of questions, by right solutions:\n {2}right +all\n {2}\d of 4 +\d+ of \d+/m);
    expect(told.stdout).toContain(`slowthink run --questions ${place.path('quiet/curriculum.jsonl')}`);
    const status = JSON.parse((await place.run(['status', '--dir', 'quiet', '--json'])).stdout) as { flow: string; stages: object };
    expect(status).toMatchObject({ flow: 'curriculum', stages: { import: { ok: count }, probe: { in: count, ok: count, unread: 0 } } });
    expect((await place.run(['inspect', 'topics', '--dir', 'quiet'])).stdout).toMatch(/seeds +26 +probe 0\n +hardness +26 *\n +solutions +24/); // with an end a partition
  });

  it('ranks again without a model, and the order does not change with the share', async () => {
    const ranked = await place.run(['curriculum', '--dir', 'quiet', '--keep', '1', '--out', 'all.jsonl', '--json']);
    expect(ranked.code, ranked.stderr).toBe(0);
    expect(curriculumOf(ranked).requests).toBe(0);
    const all = idsOf(readFileSync(place.path('all.jsonl'), 'utf8'));
    expect(all.slice(0, idsOf(undisturbed).length)).toEqual(idsOf(undisturbed));
    const two = await place.run(['curriculum', '--dir', 'quiet', '--keep-count', '2', '--drop-never-right', '--out', 'two.jsonl', '--json']);
    expect(curriculumOf(two).kept).toBe(2);
    const rows = readFileSync(place.path('two.jsonl'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { right: number });
    for (const { right } of rows) expect(right).toBeGreaterThan(0);
    expect(fileOf('quiet')).toBe(undisturbed);
  });

  it('gives a run its questions with the ids and the gold they had, and more of them when a data set grows', async () => {
    const ran = await place.run(smallRun(server.policy, 'searched', '--questions', 'quiet/curriculum.jsonl', '--limit', '3'));
    expect(ran.code, ran.stderr).toBe(0);
    expect(summaryOf(ran).stages['expand']).toEqual({ in: 3, ok: 3, failed: 0, dropped: 0, open: 0 });
    expect((await place.run(['inspect', 'tree', idsOf(undisturbed)[0]!, '--dir', 'searched'])).stdout).toContain(idsOf(undisturbed)[0]!);
    place.write('more.jsonl', questionLines(count + 2));
    const grown = await place.run(args(server.policy, 'grown', '--dataset', 'cases'));
    expect(curriculumOf(grown).requests).toBe(count);
    const more = await place.run([...args(server.policy, 'grown', '--dataset', 'cases').filter((word) => word !== 'cases.jsonl' && word !== '--questions'), '--questions', 'more.jsonl']);
    expect(more.code, more.stderr).toBe(0);
    expect(curriculumOf(more)).toMatchObject({ requests: 2, questions: count + 2, stages: { probe: { in: count + 2, ok: count + 2 } } });
  });
});

describe('a curriculum that is stopped', () => {
  it('by kill -9 goes on where it was, asks no more again than was in flight or not committed, and comes to the same bytes', async () => {
    server.answer = after(20, ok);
    const running = place.start(args(server.policy, 'killed', '--in-flight', '2'), { ...noRetries, SLOWTHINK_STREAM_COMMIT_RECORDS: '1' });
    await asked(16);
    running.kill('SIGKILL');
    expect((await running.ended).code).toBe(null);
    expect(readdirSync(place.path('killed'))).not.toContain('curriculum.jsonl');
    const before = server.completions.length;
    const { requests } = await goesOn('killed');
    expect(requests).toBeLessThan(count); // what was committed is not asked again
    expect(before + requests - count).toBeLessThanOrEqual(2 + 2 * 2 * 1); // the credits, and two batches of one record a partition
  });

  it('by Ctrl-C drains, writes no file, and goes on with nothing asked twice', async () => {
    server.answer = after(20, ok);
    const running = start('drained', '--in-flight', '2');
    await asked(6);
    running.kill('SIGINT');
    const ended = await running.ended;
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('SIGINT: draining.');
    const drained = curriculumOf(ended);
    expect(drained).toMatchObject({ drained: true, out: null, kept: null });
    expect(drained.stages['probe']!.ok).toBe(drained.requests);
    expect(readdirSync(place.path('drained'))).not.toContain('curriculum.jsonl');
    expect(drained.requests + (await goesOn('drained')).requests).toBe(count);
  });

  it('by a server that is away pauses, and goes on when it is back', async () => {
    let away = true;
    server.answer = first(4, ok, (request, response) => { if (away) response.destroy(); else ok(request, response); });
    const running = start('paused', '--in-flight', '2');
    await running.says('Paused: MODEL_UNREACHABLE');
    away = false;
    const ended = await running.ended;
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('Going on after');
    expect(fileOf('paused')).toBe(undisturbed);
  });
});

describe('an import that was interrupted', () => {
  it('is finished before a question is asked: exit 3 and what to type; then the curriculum comes to its end', async () => {
    const file = place.write('long.jsonl', questionLines(600));
    const broker = await openFolder(readSettings({ flags: { dir: place.path('half'), partitions: '2' }, env: {}, remember: false }).values, flows.curriculum);
    const stop = new AbortController();
    await importQuestions({ broker, topic: flows.curriculum.source, corpus: { paths: [file] }, limit: Infinity, observer: ({ kind }) => { if (kind === 'import') stop.abort(); }, signal: stop.signal });
    await broker.close();
    const refused = await place.run(['curriculum', '--policy', server.policy, '--dir', 'half', '-k', '1']);
    expect(refused, refused.stderr).toMatchObject({ code: 3, stdout: '' });
    expect(server.completions).toEqual([]);
    const words = /slowthink (curriculum --questions .*long\.jsonl --dir .*half)$/m.exec(refused.stderr)![1]!.split(' ');
    const ended = await place.run([...words, '--policy', server.policy, '-k', '1', '--json']);
    expect(ended.code, ended.stderr).toBe(0);
    expect(curriculumOf(ended)).toMatchObject({ requests: 600, stages: { probe: { in: 600, ok: 600 } } });
  });
});

describe('what would be wrong is refused', () => {
  it('a folder that belongs to the other flow, with exit 2, and nothing in it changes', async () => {
    expect((await place.run(['import', '--questions', 'cases.jsonl', '--dir', 'imported'])).code).toBe(0);
    for (const command of [args(server.policy, 'imported'), smallRun(server.policy, 'quiet', '--questions', 'cases.jsonl'), ['import', '--questions', 'cases.jsonl', '--dir', 'quiet'], ['seal', '--dir', 'quiet'], ['rebuild', '--dir', 'quiet'], ['retry', '--dir', 'quiet'], ['inspect', 'tree', 'x', '--dir', 'quiet']]) {
      const ended = await place.run(command);
      expect(ended, ended.stderr).toMatchObject({ code: 2, stdout: '' });
      expect(ended.stderr).toMatch(/^DIR_OTHER_FLOW .*(?:imported is the folder of a run, not of a curriculum|quiet is the folder of a curriculum, not of a run)\. A curriculum and a run have a folder each\. Give another --dir\.$/m);
    }
    expect(fileOf('quiet')).toBe(undisturbed);
  });

  it('no label setting: a curriculum has no rows, remembers none and looks at none', async () => {
    const file = JSON.parse(readFileSync(place.path('quiet/run.json'), 'utf8')) as { readonly labels?: unknown; readonly settings: object };
    expect(file.labels).toBeUndefined();
    expect(Object.keys(file.settings).filter((key) => /^(?:labels|preference)\./.test(key))).toEqual([]);
    const ended = await place.run(['curriculum', '--dir', 'quiet', '--json'], { SLOWTHINK_LABELS_RECIPE: 'dual-sided', SLOWTHINK_PREFERENCE_PAIRS: 'leaf' });
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    expect(fileOf('quiet')).toBe(undisturbed);
  });

  it('another k in a folder that began with 4, and a file that cannot be written, before the model is asked', async () => {
    const other = await place.run(args(server.policy, 'quiet').map((word) => (word === '4' ? '5' : word)));
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('curriculum.samples was 4, now it is 5');
    for (const [out, message] of [['nowhere/kept.jsonl', 'There is no folder '], ['quiet', 'is a folder']] as const) {
      const ended = await place.run(args(server.policy, 'unwritten', '--out', out));
      expect(ended, ended.stderr).toMatchObject({ code: 2, stdout: '' });
      expect(ended.stderr).toContain(message);
    }
    expect(server.completions).toEqual([]);
  });
});
