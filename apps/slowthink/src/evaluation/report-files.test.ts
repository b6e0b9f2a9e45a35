// Results that lie in folders, made anew: the files as a user finds them, without a child process.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { VerdictsRecord } from '@slowthink/records';
import { readItems, resultFiles, writeSorted } from '@slowthink/results';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { candidateOf, verdictsOf } from '../testing/verdict-records.ts';
import { numbersOf, type NumbersOptions } from './numbers-of.ts';
import { asBefore, writeReportFiles, type ReportRequest } from './report-files.ts';
import type { Results } from './write-results.ts';
import { summaryBeside, type Summary } from './summary.ts';
import { writeFiles } from './write-files.ts';

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'report-files-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const settings: NumbersOptions['settings'] = { seed: 0, 'evaluate.rules': ['maj'], 'evaluate.draws': 100, 'evaluate.subsets': 2, 'evaluate.policyParameters': null, 'evaluate.scorerParameters': null };
const titles = new Map<string, string>();
const at = (name: string): ReturnType<typeof resultFiles> => resultFiles(join(folder, name));

/** Results of a run as `slowthink evaluate` leaves them. `asked`: items that were imported. */
async function resultsOf(name: string, records: readonly VerdictsRecord[], asked: readonly string[] = [], own: Partial<NumbersOptions['settings']> = {}): Promise<Summary> {
  const paths = at(name);
  mkdirSync(paths.folder);
  const items = await writeSorted(paths.items, (async function* () { for (const record of records) yield { key: record.item.id, line: JSON.stringify(record) }; })());
  const numbers = await numbersOf(readItems(paths.items), { settings: { ...settings, ...own }, titles, asked: new Map(asked.map((id) => [id, 'cases'])) });
  return writeFiles({ ...numbers, paths, items, from: { settings: { recipe: 'medsss', 'evaluate.temperature': 1 }, run: `run-${name}`, sources: [{ run: `run-${name}`, seed: 0, items: items.sha256, settingsKnown: true }] } });
}

const report = (from: readonly string[], out: string, more: Partial<ReportRequest> = {}): Promise<Results> => writeReportFiles({ from: from.map((name) => at(name).folder), out: at(out).folder, settings, isGiven: () => false, titles, ...more });

describe('writeReportFiles', () => {
  it('gives a run that is merged with itself as it was: items, failed items and numbers, ties by place and not by seed', async () => {
    const beam = verdictsOf('a', [], { decode: 'beam:2', candidates: [candidateOf('B', 5), candidateOf('A', 1)] });
    const before = await resultsOf('beam', [beam], ['a', 'lost']);
    expect(before.evaluation).toMatchObject({ failed: 1, sets: [{ rules: [{ rule: 'maj', accuracy: { value: 0 } }] }] });
    mkdirSync(join(at('twice').folder, '.spill-Ab3dEf'), { recursive: true }); // of a killed process
    const { summary } = await report(['beam', 'beam'], 'twice');
    expect(summary).toEqual(before);
    expect(readFileSync(at('twice').items, 'utf8')).toBe(readFileSync(at('beam').items, 'utf8'));
    expect(readdirSync(at('twice').folder).sort()).toEqual(['candidates.parquet', 'items.jsonl', 'items.parquet', 'report.html', 'result.json', 'summary.json']);
  });

  it('counts as failed what failed in a run and was judged in none, also when the merge is merged', async () => {
    await resultsOf('first', [verdictsOf('a', ['A'])], ['a', 'b', 'c']);
    await resultsOf('second', [verdictsOf('b', ['B'])], ['a', 'b', 'c']);
    expect((await report(['first', 'second'], 'both')).summary).toMatchObject({ failed: { cases: ['c'] }, run: null, sources: [{ run: 'run-first' }, { run: 'run-second' }], settings: { recipe: 'medsss' }, evaluation: { failed: 1, sets: [{ n: 2, failed: 1 }] } });
    expect((await report(['both', 'first'], 'again')).summary).toMatchObject({ failed: { cases: ['c'] }, sources: [{ run: 'run-first' }, { run: 'run-second' }], evaluation: { failed: 1 } });
  });

  it('takes seed, draws, subsets and parameters that nobody gives from the results, and all else from its caller', async () => {
    const own = { seed: 3, 'evaluate.draws': 150, 'evaluate.subsets': 4, 'evaluate.policyParameters': 8e9 };
    const before = await resultsOf('parameters', [verdictsOf('a', ['A', 'B']), verdictsOf('b', ['B', 'B'])], [], own);
    expect(before.evaluation.method).toMatchObject({ seed: 3, draws: 150, subsets: 4, policyParameters: 8e9, scorerParameters: null });
    expect(asBefore(settings, () => false, [before])).toEqual({ ...settings, ...own });
    expect(asBefore(settings, (key) => key === 'seed', [before])).toEqual({ ...settings, ...own, seed: 0 });
    expect(asBefore(settings, () => false, [before, summaryBeside(at('first').items)!])).toEqual(settings); // they do not agree
    expect((await report(['parameters'], 'parameters-again')).summary).toEqual(before);
  });

  it('takes items without a summary, with a note, and refuses a summary that is half or cannot be read', async () => {
    mkdirSync(at('bare').folder);
    copyFileSync(at('first').items, at('bare').items);
    expect((await report(['bare'], 'noted')).summary).toMatchObject({ settings: {}, run: null, sources: [{ settingsKnown: false }], evaluation: { notes: expect.arrayContaining([expect.stringContaining('came without a summary.json')]) } });
    writeFileSync(at('bare').summary, readFileSync(at('first').summary, 'utf8').slice(0, 100));
    await expect(report(['bare'], 'x')).rejects.toMatchObject({ code: 'RESULTS_BROKEN', message: expect.stringContaining('summary.json is no JSON') });
    writeFileSync(at('bare').summary, '{"summary":1}');
    await expect(report(['bare'], 'x')).rejects.toMatchObject({ code: 'RESULTS_BROKEN', message: expect.stringContaining('is no summary of an evaluation') });
    rmSync(at('bare').summary);
    mkdirSync(at('bare').summary);
    await expect(report(['bare'], 'x')).rejects.toMatchObject({ code: 'RESULTS_BROKEN', message: expect.stringContaining('summary.json cannot be read') });
  });

  it('writes nothing where the reference is no rule of the numbers, a rule cannot be computed, or an items file is half', async () => {
    await expect(report(['first'], 'x', { reference: 'bon-min' })).rejects.toMatchObject({ code: 'SETTING_INVALID', message: 'The reference rule bon-min is none of this evaluation.' });
    await expect(report(['first'], 'x', { settings: { ...settings, 'evaluate.rules': ['bon-min'] } })).rejects.toMatchObject({ code: 'EVALUATION_RULE_UNAVAILABLE' });
    writeFileSync(at('second').items, '');
    await expect(report(['first', 'second'], 'x')).rejects.toMatchObject({ code: 'RESULTS_BROKEN' });
    expect(readdirSync(folder)).not.toContain('x');
  });

  it('writes the summary last, so that results whose writing was cut off have none, and leaves no temporary file', async () => {
    mkdirSync(at('cut').report, { recursive: true });
    await expect(report(['first'], 'cut')).rejects.toMatchObject({ code: 'DISK_READ_ONLY', message: `${at('cut').folder} cannot be written: a folder stands where a file is to be.` });
    expect(readdirSync(at('cut').folder).sort()).toEqual(['candidates.parquet', 'items.jsonl', 'items.parquet', 'report.html', 'result.json']);
  });

  it('writes tables with role, earlier turns, and the costs of candidates and of the greedy solution', async () => {
    const { item } = verdictsOf('t', ['A']);
    const greedyUsage = { requests: 1, samples: 1, promptTokens: 90, completionTokens: 8, cachedTokens: 80 };
    const history = [{ role: 'user' as const, content: 'Before' }, { role: 'assistant' as const, content: 'So?' }];
    await resultsOf('turns', [verdictsOf('t', ['A', 'B'], { item: { ...item, role: 'dev', prompt: { ...item.prompt, history } }, greedy: candidateOf('A', 9), greedyUsage }), verdictsOf('u', ['A'])]);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const rows = async (sql: string): Promise<readonly object[]> => (await connection.runAndReadAll(sql)).getRowObjectsJson();
    expect(await rows(`SELECT item_id, kind, role, history::JSON->1->>'content' AS turn FROM '${at('turns').candidates}'`)).toEqual([
      { item_id: 't', kind: 'candidate', role: 'dev', turn: 'So?' }, { item_id: 't', kind: 'candidate', role: 'dev', turn: 'So?' }, { item_id: 't', kind: 'greedy', role: 'dev', turn: 'So?' }, { item_id: 'u', kind: 'candidate', role: 'benchmark', turn: null },
    ]);
    expect(await rows(`SELECT role, requests::INT AS r, prompt_tokens::INT AS p, generated_tokens::INT AS g, greedy_requests::INT AS gr, greedy_prompt_tokens::INT AS gp, greedy_cached_tokens::INT AS gc, greedy_generated_tokens::INT AS gg FROM '${at('turns').itemsTable}'`)).toEqual([
      { role: 'dev', r: 1, p: 100, g: 20, gr: 1, gp: 90, gc: 80, gg: 8 }, { role: 'benchmark', r: 1, p: 100, g: 10, gr: null, gp: null, gc: null, gg: null },
    ]);
    connection.closeSync();
    instance.closeSync();
  });
});
