// MedSSS-data by the command line: in, labelled again, sealed, and out; killed in the middle; refused where it would mix. The rows are those of datasets/samples, which a run of the seed policy made.
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { previewRows } from '@slowthink/tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace, done, sealedFiles, type Ended } from './testing/command-line.ts';

const samples = join(import.meta.dirname, '../../../datasets/samples');
const map = ['--map', 'question=question,answer=answer,id=id,kind:number,tolerance:0'];
const place = new Workplace();
afterAll(() => place.close());
const take = (dir: string, ...more: readonly string[]): readonly string[] => ['import', 'rows.json', '--format', 'medsss', ...map, '--dir', dir, '--json', ...more];
const last = ({ stdout }: Ended) => JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { readonly files: readonly { readonly questions: number; readonly faults: number; readonly known: number; readonly tally: { readonly [name: string]: number } }[]; readonly stages: { readonly [name: string]: { readonly in: number; readonly ok: number } }; readonly rows: { readonly [kind: string]: number } };

beforeAll(async () => {
  cpSync(join(samples, 'medsss-rows.json'), place.path('rows.json'));
  cpSync(join(samples, 'medsss-hard-rows.jsonl'), place.path('hard.jsonl'));
  done(await place.run(take('quiet')));
  done(await place.run(['seal', '--dir', 'quiet']));
}, 120_000);

describe('MedSSS-data by the command line', () => {
  it('comes back byte for byte, and as objects and without marks means the same', async () => {
    done(await place.run(['seal', '--dir', 'quiet', '--format', 'medsss', '--chains', 'tuples']));
    expect(readFileSync(place.path('quiet/medsss.json'), 'utf8')).toBe(readFileSync(place.path('rows.json'), 'utf8'));
    done(await place.run(['seal', '--dir', 'quiet', '--format', 'medsss', '--no-step-marks', '--out', 'bare.jsonl']));
    done(await place.run(['import', 'bare.jsonl', '--format', 'medsss', ...map, '--dir', 'bare']));
    done(await place.run(['seal', '--dir', 'bare', '--format', 'medsss', '--out', 'objects.json']));
    type Chain = readonly (readonly [string, number, unknown] | { readonly step: string; readonly value: number })[];
    const plainChain = (chain: Chain): unknown => chain.map((step) => (Array.isArray(step) ? { step: step[0] as string, value: step[1] as number } : step));
    const plain = (name: string) => (JSON.parse(readFileSync(place.path(name), 'utf8')) as { readonly pos: readonly Chain[]; readonly neg: readonly Chain[] }[]).map(({ pos, neg, ...row }) => ({ ...row, pos: pos.map(plainChain), neg: neg.map(plainChain) }));
    expect(plain('rows.json').flatMap(({ neg }) => neg).length).toBeGreaterThan(100);
    expect(plain('objects.json')).toEqual(plain('rows.json'));
  });

  it('is labelled again without a model, with pairs of leaves', async () => {
    const report = last(done(await place.run(['rebuild', '--dir', 'quiet', '--labels', 'dual-sided', '--pairs', 'level', 'siblings', 'leaf', '--out', 'dual', '--json'])));
    expect(report.rows).toMatchObject({ prm: 670, sft: 206 });
    expect(report.rows['preference']).toBeGreaterThan(10);
    const [row] = await previewRows(place.path('dual'), 'prm', 1);
    expect(row).toMatchObject({ labels_recipe: 'dual-sided', policy_model: 'medsss-data', dataset: 'medsss-data', visits: row!.visits.map(() => 0) });
    expect(row!.request_ids[0]).toMatch(/^medsss:[0-9a-f]{12}:\d+$/);
  });

  it('seals the same bytes after kill -9 at any time, and nothing before the import is whole', async () => {
    for (const ms of [300, 500, 700, 900, 1200, 1700]) {
      const running = place.start(take('killed'));
      setTimeout(() => running.kill('SIGKILL'), ms);
      await running.ended;
      const early = await place.run(['seal', '--dir', 'killed']);
      if (early.code === 0) expect(sealedFiles(place.path('killed/dataset'))).toEqual(sealedFiles(place.path('quiet/dataset')));
      else expect(early.stderr).toMatch(/^(?:IMPORT_UNFINISHED|DIR_MISSING|DATASET_EMPTY) /m);
    }
    const { files: [file], stages } = last(done(await place.run(take('killed'))));
    expect(file).toMatchObject({ questions: 208, faults: 0, known: 0, tally: { chains: 670, agree: 670 } });
    expect(stages).toMatchObject({ label: { in: 208, ok: 208 }, shard: { in: 670, ok: 670 } });
    done(await place.run(['seal', '--dir', 'killed']));
    expect(sealedFiles(place.path('killed/dataset'))).toEqual(sealedFiles(place.path('quiet/dataset')));
  }, 120_000);

  it('sends each hard row to faults or takes it, and says what the grader thinks of the rest', async () => {
    const { files: [file] } = last(done(await place.run(['import', 'hard.jsonl', '--format', 'medsss', '--dir', 'hard', '--json'])));
    expect(file).toMatchObject({ questions: 8, faults: 12, tally: { chains: 13, agree: 11, disagree: 1, unread: 1, repeated: 1, lastValues: 1, tidied: 2 } });
    const lines = (await place.faults('hard')).map(({ place: at, code }) => `${at.split(':').at(-1)} ${code}`).toSorted((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10));
    expect(lines).toEqual([3, 10, 11, 12, 13, 14, 15].map((line) => `${line} QUESTION_ROW_INVALID`).concat('16 QUESTION_GOLD_MISSING', '17 QUESTION_DUPLICATE', '18 QUESTION_ROW_INVALID', '19 QUESTION_ROW_INVALID', '20 QUESTION_ROW_INVALID'));
  });

  it('leaves out what overlaps a benchmark, with the reason', async () => {
    writeFileSync(place.path('one.jsonl'), `${JSON.stringify({ ...(JSON.parse(readFileSync(place.path('rows.json'), 'utf8')) as readonly object[])[0], id: 'leak' })}\n`);
    writeFileSync(place.path('benchmark.jsonl'), `${JSON.stringify({ ...(JSON.parse(readFileSync(place.path('rows.json'), 'utf8')) as readonly { readonly question: string }[])[0], id: 'item', pos: undefined, neg: undefined })}\n`);
    const ended = await place.run(['import', 'one.jsonl', '--format', 'medsss', ...map, '--dir', 'leak', '--decontaminate', 'benchmark.jsonl', '--json']);
    expect(last(done(ended)).files).toMatchObject([{ questions: 0, dropped: 1 }]);
    expect((await place.faults('leak')).map(({ code }) => code)).toEqual(['QUESTION_CONTAMINATED']);
  });

  it.each([
    ['a run over imported trees', ['run', '--dir', 'quiet'], 'SETTING_INVALID The trees of this folder were imported from MedSSS-data: no policy goes with them.'],
    ['questions into their folder', ['import', 'rows.json', ...map, '--dir', 'quiet'], 'holds imported trees, which no search goes on with. Give questions another --dir, or add --format medsss for more trees.'],
    ['other verdicts in one folder', take('quiet', '--verdicts', 'rules'), 'the grader was medsss-data, now it is rules'],
    ['--verdicts without the format', ['import', 'rows.json', '--verdicts', 'rules', '--dir', 'new'], '--verdicts goes with --format medsss alone'],
    ['--chains without the format', ['seal', '--dir', 'quiet', '--chains', 'tuples'], '--chains goes with --format medsss alone.'],
    ['a file that is not there', ['import', 'nowhere.json', '--format', 'medsss', '--dir', 'new'], 'QUESTION_FILE_MISSING'],
    ['a file without the columns', ['import', 'rows.json', '--format', 'medsss', '--map', 'question=prompt,answer=answer', '--dir', 'new'], 'QUESTION_MAPPING_WRONG'],
  ] as const)('refuses %s', async (_name, args, message) => {
    const ended = await place.run(args);
    expect(ended.code, ended.stderr).not.toBe(0);
    expect(ended.stderr).toContain(message);
  });

  it('refuses trees in a folder of questions, and leaves it as it was', async () => {
    done(await place.run(['import', 'rows.json', ...map, '--dir', 'questions']));
    const ended = await place.run(take('questions'));
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toContain('holds questions for a search. Imported trees have a folder of their own: give another --dir.');
    expect(existsSync(place.path('questions/run.json'))).toBe(false);
  });
});
