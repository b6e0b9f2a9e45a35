// slowthink evaluate as a user starts it; killed, in parts, over all published items and with everything a user may get wrong: evaluate.long-test.ts.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace, done, questionLines, summaryOf, type Ended } from './testing/command-line.ts';
import { evaluationArgs, recordsOf } from './testing/evaluations.ts';
import { startModelServer, type ModelServer } from './testing/model-server.ts';

const place = new Workplace();
const count = 12, N = 4;
let server: ModelServer;
let whole: string;

const args = (dir: string, ...more: readonly string[]): readonly string[] => evaluationArgs(server.policy, dir, N, more);
const itemsOf = (dir: string, folder = 'results'): string => readFileSync(place.path(dir, folder, 'items.jsonl'), 'utf8');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Said {
  readonly items: number;
  readonly candidates: number;
  readonly sets: { readonly [name: string]: { readonly n: number; readonly noAnswer: number; readonly rules: { readonly [rule: string]: { readonly accuracy: number; readonly low: number; readonly high: number } } } };
  readonly paired: { readonly [pair: string]: { readonly difference: number } };
  readonly tokens: { readonly prompt: number; readonly generated: number; readonly scorer: number };
  readonly report: string;
  readonly results: string;
  readonly process: { readonly requests: number; readonly drained: boolean };
}
const said = (ended: Ended): Said => summaryOf(done(ended)) as unknown as Said;

beforeAll(async () => {
  server = await startModelServer();
  place.write('cases.jsonl', questionLines(count));
  done(await place.run(args('whole')));
  whole = itemsOf('whole');
});
afterAll(async () => { await server.close(); place.close(); });

describe('slowthink evaluate', () => {
  it('asks for the candidates of each item in one request and for a greedy solution, and says every number that the issue of one line needs', async () => {
    const { items, candidates, sets, paired, tokens, report, results, process: { requests } } = said(await place.run(args('whole'))); // nothing is left to ask: numbers from the log
    expect(server.completions.map(({ n }) => n).toSorted()).toEqual([...Array.from({ length: count }, () => 1), ...Array.from({ length: count }, () => N)]);
    expect([items, candidates, requests, Object.keys(sets), sets['cases']!.n]).toEqual([count, N, 0, ['cases'], count]);
    expect(Object.keys(sets['cases']!.rules)).toHaveLength(20); // greedy, maj, and three ways to choose with six reducers
    const records = recordsOf(whole);
    const right = records.filter(({ greedy }) => greedy!.verdict.status === 'right').length;
    expect(sets['cases']!.rules['greedy']!.accuracy).toBeCloseTo(right / count, 12);
    expect(paired['maj - greedy']?.difference ?? -paired['greedy - maj']!.difference).toBeCloseTo(sets['cases']!.rules['maj']!.accuracy - right / count, 12);
    expect(tokens.generated).toBe(records.reduce((sum, { usage }) => sum + usage.completionTokens, 0));
    expect(tokens.scorer).toBeGreaterThan(0);
    expect([report, results]).toEqual([place.path('whole/results/report.html'), place.path('whole/results')]);
    expect(readdirSync(results).sort()).toEqual(['candidates.parquet', 'items.jsonl', 'items.parquet', 'report.html', 'result.json', 'summary.json']);
    expect(itemsOf('whole')).toBe(whole);
  });

  it('writes tables from which every accuracy can be computed again', async () => {
    const { sets } = said(await place.run(args('whole')));
    const db = await DuckDBInstance.create(':memory:');
    const connection = await db.connect();
    const rows = async (sql: string): Promise<readonly { readonly [column: string]: unknown }[]> => (await connection.runAndReadAll(sql)).getRowObjectsJson();
    const [items] = await rows(`SELECT count(*) AS n, avg(CAST("vote-sum-min" AS INT)) AS pvs, avg(CAST(maj AS INT)) AS maj FROM '${place.path('whole/results/items.parquet')}'`);
    expect([Number(items!['n']), items!['pvs'], items!['maj']]).toEqual([count, sets['cases']!.rules['vote-sum-min']!.accuracy, sets['cases']!.rules['maj']!.accuracy]);
    const [candidates] = await rows(`SELECT count(*) FILTER (kind = 'candidate') AS n, avg(CAST(status = 'right' AS INT)) FILTER (kind = 'greedy') AS greedy, bool_and(len(steps) = len("values")) FILTER (kind = 'candidate') AS valued FROM '${place.path('whole/results/candidates.parquet')}'`);
    expect([Number(candidates!['n']), candidates!['greedy'], candidates!['valued']]).toEqual([count * N, sets['cases']!.rules['greedy']!.accuracy, true]);
    connection.closeSync();
    db.closeSync();
    expect(JSON.parse(readFileSync(place.path('whole/results/result.json'), 'utf8'))).toMatchObject({ acc: sets['cases']!.rules['vote-sum-min']!.accuracy, infer_rule: 'prm-min-vote-sum' });
  });

  it('scores recorded candidates with another scorer, or none, without a policy', async () => {
    const from = server.completions.length;
    const { sets, process: { requests } } = said(await place.run(['evaluate', '--policy', 'recorded:whole', '--scorer', 'none', '--dir', 'unscored', '--seed', '5', '--draws', '200', '--subsets', '10', '--json']));
    expect([server.completions.length - from, requests, Object.keys(sets['cases']!.rules)]).toEqual([0, 0, ['greedy', 'maj']]);
    const texts = (text: string): unknown => recordsOf(text).map(({ item, policy, candidates, greedy }) => [item, policy, candidates.map(({ steps, verdict, seed, tokens }) => [steps, verdict, seed, tokens]), greedy?.steps]);
    expect(texts(itemsOf('unscored'))).toEqual(texts(whole));
  });

  it('refuses what a user may get wrong with a sentence that says what next', async () => {
    const ended = await Promise.all([args('none', '--rules', 'vote-sum-mni'), args('none', '--scorer', 'none', '--decode', 'beam:2'), args('whole', '--scorer', 'none')].map((command) => place.run(command)));
    expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual([[2, expect.stringContaining('The nearest is "vote-sum-min"')], [2, expect.stringContaining('steered by step values')], [2, expect.stringMatching(/the scorer was seed@.*, now it is none/)]]);
  });

  it('makes a table of the rules that are asked for, under any of their names, without a model', async () => {
    const told = done(await place.run(['report', 'whole', '--rules', 'scvm,prm-min-vote-sum', '--out', 'two-rules', '--draws', '200', '--subsets', '10']));
    expect(told.stdout).toMatch(/maj@N +\d/);
    expect(told.stdout).toMatch(/vote-sum \(min\) +\d/);
    expect(told.stdout).not.toMatch(/greedy/);
    expect(sha256(itemsOf('', 'two-rules'))).toBe(sha256(whole));
  });

});
