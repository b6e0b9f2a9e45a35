// A run folder that cannot be used is refused with code, place and what to do; what it holds is left as it was. Benchmarks do not become training data.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { previewRows } from '@slowthink/tables';
import { importQuestions, openFolder, readSettings } from '@slowthink/wiring';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace, noRetries, questionLines, sealedFiles, smallRun, summaryOf } from './testing/command-line.ts';
import { first, never, ok, startModelServer, type ModelServer } from './testing/model-server.ts';

const place = new Workplace();
const questions = ['--questions', 'cases.jsonl'] as const;
let server: ModelServer;
let undisturbed: ReturnType<typeof sealedFiles>;

beforeAll(async () => {
  place.write('cases.jsonl', questionLines(2));
  server = await startModelServer();
  expect((await place.run(smallRun(server.policy, 'done', ...questions))).code).toBe(0);
  undisturbed = sealedFiles(place.path('done/dataset'));
});
afterAll(async () => { await server.close(); place.close(); });

/** A copy of the finished run, to be spoiled. */
function copy(name: string): string {
  cpSync(place.path('done'), place.path(name), { recursive: true });
  return place.path(name);
}

describe('a folder that cannot be used', () => {
  it('below a regular file is refused with exit 3', async () => {
    place.write('file', 'mine');
    for (const command of [smallRun(server.policy, 'file/run', ...questions), ['import', ...questions, '--dir', 'file']]) {
      const ended = await place.run(command);
      expect(ended, ended.stderr).toMatchObject({ code: 3, stdout: '' });
      expect(ended.stderr).toMatch(/^DISK_READ_ONLY .*\/file.* Give a --dir that can be written\./m);
    }
    expect(readFileSync(place.path('file'), 'utf8')).toBe('mine');
  });

  it('of another version is refused with exit 3, by its run.json and by its log', async () => {
    const dir = copy('version');
    const file = join(dir, 'run.json');
    const mine = readFileSync(file, 'utf8');
    writeFileSync(file, mine.replace('"version": 3', '"version": 9'));
    const older = await place.run(smallRun(server.policy, 'version'));
    expect(older, older.stderr).toMatchObject({ code: 3, stdout: '' });
    expect(older.stderr).toContain(`DIR_VERSION ${dir} has format version 9; this program writes version 3. The folder was written by another version of Slowthink. Use that version, or a new --dir.`);
    writeFileSync(file, mine);
    const log = new DatabaseSync(join(dir, 'stream.sqlite'));
    log.exec("UPDATE meta SET value = '9' WHERE key = 'format'");
    log.close();
    for (const command of [smallRun(server.policy, 'version'), ['status', '--dir', 'version']]) {
      const newer = await place.run(command);
      expect(newer, newer.stderr).toMatchObject({ code: 3, stdout: '' });
      expect(newer.stderr).toContain(`DIR_VERSION ${join(dir, 'stream.sqlite')} has format "9"; this program reads format 2.`);
    }
    expect(sealedFiles(join(dir, 'dataset'))).toEqual(undisturbed);
  });

  it('with a damaged run.json or log is refused with exit 1', async () => {
    writeFileSync(join(copy('torn'), 'run.json'), '{"version": 3');
    const torn = await place.run(smallRun(server.policy, 'torn'));
    expect(torn, torn.stderr).toMatchObject({ code: 1, stdout: '' });
    expect(torn.stderr).toContain(`STORE_CORRUPT ${place.path('torn/run.json')} is not JSON. The file is damaged. Restore it from a copy`);
    const log = join(copy('scribbled'), 'stream.sqlite');
    for (const name of readdirSync(place.path('scribbled')).filter((one) => one.startsWith('stream.sqlite'))) writeFileSync(place.path('scribbled', name), 'no database at all, '.repeat(500));
    const scribbled = await place.run(smallRun(server.policy, 'scribbled'));
    expect(scribbled, scribbled.stderr).toMatchObject({ code: 1, stdout: '' });
    expect(scribbled.stderr).toMatch(new RegExp(`^STORE_CORRUPT .*${log}`, 'm'));
  });

  it('with a lost or changed part is refused by the seal with exit 1, and the data set stays', async () => {
    const dir = copy('parts');
    const part = readdirSync(join(dir, 'parts'), { recursive: true }).map(String).find((name) => name.endsWith('.parquet'))!;
    writeFileSync(join(dir, 'parts', part), 'other bytes');
    const changed = await place.run(['seal', '--dir', 'parts']);
    expect(changed, changed.stderr).toMatchObject({ code: 1, stdout: '' });
    expect(changed.stderr).toMatch(/^PART_CHANGED .*rebuild: slowthink rebuild\./m);
    expect(sealedFiles(join(dir, 'dataset'))).toEqual(undisturbed);
    const rebuilt = await place.run(['rebuild', '--dir', 'parts', '--out', place.path('parts-again')]);
    expect(rebuilt.code).toBe(0);
    expect(sealedFiles(place.path('parts-again'))).toEqual(undisturbed);
  });

  it('that another process works on is refused with its pid, can be looked at meanwhile, and goes on when that process was killed', async () => {
    server.answer = first(4, ok, never);
    const holder = place.start(smallRun(server.policy, 'held', ...questions));
    await holder.says('answers as generic');
    const second = await place.run(smallRun(server.policy, 'held', ...questions));
    expect(second, second.stderr).toMatchObject({ code: 3, stdout: '' });
    expect(second.stderr).toContain(`DIR_IN_USE The folder ${place.path('held')} is used by process ${holder.pid}. Wait until the other process ends, stop it, or use another --dir.`);
    const status = await place.run(['status', '--dir', 'held', '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ process: { pid: holder.pid }, stages: { import: { in: 2, ok: 2 } } });
    const empty = await place.run(['seal', '--dir', 'held']);
    expect(empty).toMatchObject({ code: 1, stderr: expect.stringContaining('DATASET_EMPTY') });
    holder.kill('SIGKILL');
    await holder.ended;
    server.answer = ok;
    expect((await place.run(smallRun(server.policy, 'held'))).code).toBe(0);
    expect(sealedFiles(place.path('held/dataset'))).toEqual(undisturbed);
  });
});

describe('a folder that belongs to other settings', () => {
  it.each<readonly [string, readonly string[], string]>([
    ['preset and seed', ['--preset', 'small', '--seed', '3'], 'preset was laptop, now it is small; seed was 0, now it is 3.'],
    ['labels', ['--labels', 'hard'], '--labels was soft, now it is hard ("slowthink rebuild --labels hard" makes another data set from the same trees).'],
    ['a threshold, pairs and what becomes of unsimulated steps', ['--label-threshold', '0.7', '--pairs', 'leaf,level', '--unsimulated', 'inherit'], 'labels.threshold was 0.5, now it is 0.7; labels.unsimulated was leave-out, now it is inherit; preference.pairs was off, now it is level,leaf ("slowthink rebuild --label-threshold 0.7 --unsimulated inherit --pairs level,leaf" makes another data set from the same trees).'],
    ['partitions', ['--partitions', '5'], 'Topic questions has 2 partitions and cannot get 5'],
  ])('is refused with exit 2 and the names of what changed: %s', async (_name, args, message) => {
    const ended = await place.run(['run', '--policy', server.policy, '--dir', 'done', ...args]);
    expect(ended, ended.stderr).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('DIR_SETTINGS_CHANGED ');
    expect(ended.stderr).toContain(message);
    expect(sealedFiles(place.path('done/dataset'))).toEqual(undisturbed);
  });

  it.each<readonly [string, readonly string[], string]>([
    ['a seed', ['--seed', '3'], 'seed was 0, now it is 3.'],
    ['a recipe of other numbers', ['--preset', 'small'], 'preset was laptop, now it is small.'],
    ['labels', ['--labels', 'hard'], '--labels was soft, now it is hard'],
    ['the name of the model', ['--policy', 'openai:http://127.0.0.1:1#other'], 'the policy was hash, now it is other.'],
    ['another kind of policy', ['--policy', 'seed'], 'the policy was hash, now it is seed.'],
  ])('is refused before a question is imported: %s', async (_name, args, message) => {
    place.write('more.jsonl', questionLines(3));
    const before = (await place.run(['inspect', 'topics', '--dir', 'done'])).stdout;
    const ended = await place.run(['run', '--policy', server.policy, '--dir', 'done', '--questions', 'more.jsonl', ...args]);
    expect(ended, ended.stderr).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('DIR_SETTINGS_CHANGED ');
    expect(ended.stderr).toContain(message);
    expect((await place.run(['inspect', 'topics', '--dir', 'done'])).stdout).toBe(before);
  });

  it('is refused when the policy is another model (exit 2) or serves other weights (exit 3)', async () => {
    const other = await startModelServer();
    other.models = (_asked, response) => { response.end('{"data": [{"id": "other"}]}'); };
    const model = await place.run(['run', '--policy', other.policy.replace('#hash', '#other'), '--dir', 'done']);
    await other.close();
    expect(model, model.stderr).toMatchObject({ code: 2, stdout: '' });
    expect(model.stderr).toContain(`DIR_SETTINGS_CHANGED ${place.path('done')}: the policy was hash, now it is other. This folder belongs to a run with other settings.`);
    server.weights = 2;
    const weights = await place.run(['run', '--policy', server.policy, '--dir', 'done']);
    server.weights = 1;
    expect(weights, weights.stderr).toMatchObject({ code: 3, stdout: '' });
    expect(weights.stderr).toMatch(/MODEL_REVISION_CHANGED .*\/done began with revision [0-9a-f]{20} of hash; the server now has [0-9a-f]{20}\. The server now serves other weights/);
  });

  it('ends a run whose server changes its weights in the middle, and goes on with the old ones', async () => {
    server.answer = (asked, response) => { if (server.weights === 1 && server.completions.length > start + 6) { server.weights = 2; response.destroy(); } else ok(asked, response); };
    const start = server.completions.length;
    const ended = await place.run(smallRun(server.policy, 'swapped', ...questions), noRetries);
    expect(ended, ended.stderr).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toMatch(/MODEL_REVISION_CHANGED The server serves hash at revision [0-9a-f]{20}; this run began with hash at [0-9a-f]{20}\./);
    server.weights = 1;
    server.answer = ok;
    expect((await place.run(smallRun(server.policy, 'swapped'))).code).toBe(0);
    expect(sealedFiles(place.path('swapped/dataset'))).toEqual(undisturbed);
  });
});

describe('a folder that holds an import alone', () => {
  it('is run on without naming the questions or the partitions again, from any working folder', async () => {
    expect((await place.run(['import', ...questions, '--dir', 'imported', '--partitions', '3'])).code).toBe(0);
    const ended = await place.run(['run', '--policy', server.policy, '--preset', 'laptop', '--dir', 'imported', '--json']);
    expect(ended.code, ended.stderr).toBe(0);
    expect(sealedFiles(place.path('imported/dataset'))).toEqual(undisturbed);
    const elsewhere = new Workplace();
    const again = await elsewhere.run(['run', '--dir', place.path('done'), '--json']); // everything else is remembered
    elsewhere.close();
    expect(again.code).toBe(0);
    expect(summaryOf(again)).toMatchObject({ requests: 0, trees: 2 });
  });
});

describe('a folder whose import was interrupted', () => {
  it('is not run on until the import is finished: exit 3 and what to type; then it comes to its end', async () => {
    const file = place.write('long.jsonl', questionLines(600));
    const broker = await openFolder(readSettings({ flags: { dir: place.path('half'), partitions: '2' }, env: {}, remember: false }).values);
    const stop = new AbortController();
    await importQuestions({ broker, corpus: { paths: [file] }, limit: Infinity, observer: ({ kind }) => { if (kind === 'import') stop.abort(); }, signal: stop.signal });
    await broker.close();
    const refused = await place.run(smallRun(server.policy, 'half'));
    expect(refused, refused.stderr).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toMatch(/^IMPORT_UNFINISHED The import of .*long\.jsonl into .*half was interrupted after 500 rows\. Finish it .*slowthink import --questions .*long\.jsonl --dir .*half$/m);
    const words = /slowthink (import .*)$/m.exec(refused.stderr)![1]!.split(' ');
    expect((await place.run(words)).stdout).toContain('600 questions of long/train');
    const ended = await place.run(smallRun(server.policy, 'half'));
    expect(ended.code, ended.stderr).toBe(0);
    expect(summaryOf(ended).stages['expand']).toEqual({ in: 600, ok: 600, failed: 0, dropped: 0, open: 0 });
  });
});

describe('questions of a benchmark', () => {
  const medical = fileURLToPath(new URL('../../../../shared/data/medical/MedQA.json', import.meta.url));

  it('named by a manifest are sealed only with --allow-benchmark, into a split test with benchmark = true', async () => {
    const sha256 = createHash('sha256').update(readFileSync(place.path('cases.jsonl'))).digest('hex');
    place.write('cases.manifest.json', JSON.stringify({
      manifest: 1, name: 'madebench', aliases: [], title: 'Made up', role: 'benchmark', split: 'test', source: { place: 'nowhere' }, licence: 'none',
      file: { path: 'cases.jsonl', format: 'jsonl', sha256 }, rows: 2, answerKind: 'choice', ids: 'file', notes: [],
    }));
    const ended = await place.run(smallRun(server.policy, 'bench', '--questions', 'cases.manifest.json'));
    expect(ended.code, ended.stderr).toBe(0);
    expect(summaryOf(ended)).toMatchObject({ trees: 2, rows: {}, dataset: null });
    expect(ended.stderr).toContain('madebench is a benchmark: its rows are sealed only with --allow-benchmark, into a split "test".');
    expect(ended.stderr).toMatch(/No data set was sealed: .*all \d+ come from benchmark questions\. Benchmarks are no training data; --allow-benchmark seals them into a split of their own, test\./);
    expect(existsSync(place.path('bench/dataset'))).toBe(false);

    expect((await place.run(['seal', '--dir', 'bench', '--allow-benchmark'])).code).toBe(0);
    expect(Object.keys(sealedFiles(place.path('bench/dataset')))).toEqual(['README.md', 'prm/test-00000-of-00001.parquet', 'sft/test-00000-of-00001.parquet']);
    const rows = await previewRows(place.path('bench/dataset'), 'prm', 1000);
    expect(rows.length).toBeGreaterThan(1);
    expect(new Set(rows.map(({ benchmark, role, dataset }) => `${dataset} ${role} ${String(benchmark)}`))).toEqual(new Set(['madebench benchmark true']));
  });

  it.skipIf(!existsSync(medical))(`in a file given by path are recognised by its checksum (skipped without ${medical})`, async () => {
    const ended = await place.run(smallRun(server.policy, 'known', '--questions', medical, '--limit', '2', '--split', 'train', ...questions));
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('(known as medqa)');
    expect(summaryOf(ended)).toMatchObject({ trees: 2, dataset: null });
    const mixed = await place.run(smallRun(server.policy, 'mixed-roles', '--questions', 'cases.jsonl', medical, '--limit', '3'));
    expect(summaryOf(mixed)).toMatchObject({ trees: 3 });
    expect(sealedFiles(place.path('mixed-roles/dataset'))['prm/train-00000-of-00001.parquet']).toBe(undisturbed['prm/train-00000-of-00001.parquet']); // the benchmark's rows changed nothing
  });
});

describe('a full disk', () => {
  const mountable = (() => {
    const probe = join(tmpdir(), `slowthink-mount-${process.pid}`);
    try {
      mkdirSync(probe, { recursive: true });
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', probe], { stdio: 'ignore' });
      execFileSync('umount', [probe], { stdio: 'ignore' });
      return true;
    } catch { return false; } finally { rmdirSync(probe); }
  })();

  it.skipIf(!mountable)('pauses the run, gives up with exit 3, and loses nothing (skipped where a tmpfs cannot be mounted)', async () => {
    mkdirSync(place.path('tiny'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1200k', 'none', place.path('tiny')]);
    try {
      place.write('many.jsonl', questionLines(40));
      const full = await place.run(smallRun(server.policy, 'tiny/run', '--questions', 'many.jsonl', '--give-up', '1s'));
      expect(full, full.stderr).toMatchObject({ code: 3, stdout: '' });
      expect(full.stderr).toMatch(/^Paused: DISK_FULL Cannot write .*tiny\/run.* Nothing is lost; next try in 1 s\./m);
      expect(full.stderr).toMatch(/^DISK_FULL .*tiny\/run.* Free some space; the run goes on by itself\./m);
      execFileSync('mount', ['-o', 'remount,size=200m', place.path('tiny')]);
      const ended = await place.run(smallRun(server.policy, 'tiny/run', '--questions', 'many.jsonl'));
      expect(ended.code, ended.stderr).toBe(0);
      expect(summaryOf(ended).stages['expand']).toEqual({ in: 40, ok: 40, failed: 0, dropped: 0, open: 0 });
      await place.run(smallRun(server.policy, 'roomy', '--questions', 'many.jsonl'));
      expect(sealedFiles(place.path('tiny/run/dataset'))).toEqual(sealedFiles(place.path('roomy/dataset')));
    } finally { execFileSync('umount', ['-l', place.path('tiny')]); }
  });
});
