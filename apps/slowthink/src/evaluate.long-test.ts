// slowthink evaluate killed and started again, in parts, over every published item, and with everything a user may get wrong.
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace, done, noRetries, questionLines, summaryOf, type Ended } from './testing/command-line.ts';
import { evaluationArgs, recordsOf } from './testing/evaluations.ts';
import { medical } from './testing/gold-sentinel.ts';
import { after, ok, startModelServer, type ModelServer } from './testing/model-server.ts';

const place = new Workplace();
const count = 12, N = 4;
let server: ModelServer;
let whole: string;

const args = (dir: string, ...more: readonly string[]): readonly string[] => evaluationArgs(server.policy, dir, N, more);
const itemsOf = (dir: string, folder = 'results'): string => readFileSync(place.path(dir, folder, 'items.jsonl'), 'utf8');

interface Said { readonly items: number; readonly failed: number; readonly sets: { readonly [name: string]: { readonly n: number } }; readonly process: { readonly requests: number; readonly drained: boolean } }
const said = (ended: Ended): Said => summaryOf(done(ended)) as unknown as Said;

beforeAll(async () => {
  server = await startModelServer();
  place.write('cases.jsonl', questionLines(count));
  done(await place.run(args('whole')));
  whole = itemsOf('whole');
  done(await place.run(['evaluate', '--policy', 'recorded:whole', '--scorer', 'none', '--dir', 'unscored', '--draws', '200', '--subsets', '10', '--json']));
});
afterAll(async () => { await server.close(); place.close(); });

describe('slowthink evaluate', () => {
  it.runIf(existsSync(medical))('streams all 5,979 published items, is killed on the way, and adds up', async () => {
    const command = ['evaluate', '--policy', server.policy, '--items', medical, '-n', '4', '--scorer', 'none', '--dir', 'published', '--draws', '200', '--subsets', '10', '--json'];
    const from = server.completions.length;
    const running = place.start(command, noRetries);
    while (server.completions.length < from + 5000) await new Promise((resolve) => setTimeout(resolve, 20));
    running.kill('SIGKILL');
    await running.ended;
    const { items, failed, sets, process: { requests } } = said(await place.run(command));
    expect([items, failed, Object.fromEntries(Object.entries(sets).map(([name, { n }]) => [name, n]))]).toEqual([5979, 0, { drugdose: 23, medmcqa: 4183, medqa: 1273, pubmedqa: 500 }]);
    expect(requests).toBeLessThan(2 * 5979); // it went on where it was
    expect(recordsOf(itemsOf('published'))).toHaveLength(5979);
  });

  it('goes on after kill -9 and after Ctrl-C, and comes to the same items', async () => {
    server.answer = after(30, ok);
    for (const [signal, at] of [['SIGKILL', 8], ['SIGINT', 16]] as const) {
      const from = server.completions.length;
      const running = place.start(args('killed', '--in-flight', '4'), noRetries);
      while (server.completions.length < from + at) await new Promise((resolve) => setTimeout(resolve, 5));
      running.kill(signal);
      const { code, stdout } = await running.ended;
      expect([code, signal === 'SIGINT' ? (JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Said).process.drained : null]).toEqual(signal === 'SIGINT' ? [0, true] : [null, null]);
    }
    server.answer = ok;
    mkdirSync(place.path('killed/results/.spill-Ab3dEf'), { recursive: true });
    done(await place.run(['evaluate', '--dir', 'killed', '--json']));
    expect(itemsOf('killed')).toBe(whole);
    expect(existsSync(place.path('killed/results/.spill-Ab3dEf'))).toBe(false);
  });

  it('gives in parts what it gives as a whole, merged by "slowthink report"', async () => {
    for (const part of [1, 2]) done(await place.run(args(`part-${part}`, '--shard', `${part}/2`)));
    expect(recordsOf(itemsOf('part-1')).length + recordsOf(itemsOf('part-2')).length).toBe(count);
    done(await place.run(['report', 'part-1', 'part-2', '--out', 'merged', '--draws', '200', '--subsets', '10', '--json']));
    expect(itemsOf('', 'merged')).toBe(whole);
    expect(JSON.parse(readFileSync(place.path('merged/summary.json'), 'utf8'))).toMatchObject({ run: null, sources: [{ seed: 0, settingsKnown: true }, { seed: 0, settingsKnown: true }], settings: { 'evaluate.temperature': 1, 'evaluate.samples': N } });
    done(await place.run(['report', 'merged', 'part-1', '--out', 'merged-again', '--json'])); // further, and with draws as before
    expect(itemsOf('', 'merged-again')).toBe(whole);
    expect(readFileSync(place.path('merged-again/summary.json'), 'utf8')).toBe(readFileSync(place.path('merged/summary.json'), 'utf8'));
    expect(done(await place.run(['compare', 'whole', 'merged', '--draws', '200'])).stdout).toMatch(/^a: .*4 candidates by sample.*\nb: .*4 candidates by sample/);
    const same = done(await place.run(['compare', 'whole', 'merged', '--draws', '200', '--json']));
    expect(JSON.parse(same.stdout)).toMatchObject({ items: count, onlyInA: [], onlyInB: [], rules: expect.arrayContaining([expect.objectContaining({ rule: 'maj', flips: { onlyA: [], onlyB: [] } })]) });
  });

  it('scores the recorded candidates of a beam search again to the same items: how they were made, their seeds and what they cost stay', async () => {
    done(await place.run(args('beam', '--decode', 'beam:2', '--seed', '5', '--temperature', '0.7')));
    const from = server.completions.length;
    done(await place.run(['evaluate', '--policy', 'recorded:beam', '--scorer', 'seed', '--dir', 'beam-again', '--draws', '200', '--subsets', '10', '--json']));
    expect(server.completions.length).toBe(from);
    expect(itemsOf('beam-again')).toBe(itemsOf('beam'));
    expect(recordsOf(itemsOf('beam-again'))[0]).toMatchObject({ decode: 'beam:2', steering: { requests: expect.any(Number) } });
  });

  it('shows the released exact-match rule as a second column, by --grader medsss too', async () => {
    const told = done(await place.run(args('columns', '--grader', 'medsss').filter((word) => word !== '--json')));
    expect(told.stdout).toMatch(/greedy +\d+\.\d \[.*\] +exact match +\d+\.\d/);
    const [exact] = recordsOf(itemsOf('columns')).map(({ candidates }) => candidates[0]!.exact);
    expect(['right', 'wrong']).toContain(exact);
    expect(JSON.parse(readFileSync(place.path('columns/results/result.json'), 'utf8'))).toMatchObject({ metric: 'exact match of the MedSSS release' });
  });

  const wrong: readonly (readonly [string, () => readonly string[], number, RegExp])[] = [
    ['a set that nobody knows', () => args('none', '--items', 'medqq'), 3, /no data set of that name.*nearest known data set is "medqa"/],
    ['no items at all', () => args('none').filter((word) => word !== '--items' && word !== 'cases.jsonl'), 2, /No items are given.*--items dosage-dev/s],
    ['a rule that is none', () => args('none', '--rules', 'vote-sum-mni'), 2, /no decoding rule "vote-sum-mni".*nearest is "vote-sum-min"/],
    ['a rule that needs values, without a scorer', () => ['report', 'unscored', '--rules', 'bon-min', '--out', 'x'], 3, /bon-min cannot be computed: these candidates have no step values/],
    ['a beam without a scorer', () => args('none', '--scorer', 'none', '--decode', 'beam:2'), 2, /steered by step values/],
    ['a beam that is wider than its candidates', () => args('none', '--decode', 'beam:9'), 2, /only 4 candidates/],
    ['a part that is none', () => args('none', '--shard', '5/4'), 2, /--shard is "5\/4"/],
    ['another scorer in the same folder', () => args('whole', '--scorer', 'none'), 2, /the scorer was seed@.*, now it is none/],
    ['another number of candidates in the same folder', () => args('whole', '-n', '5'), 2, /evaluate\.samples was 4, now it is 5/],
    ['more candidates than are recorded', () => ['evaluate', '--policy', 'recorded:whole', '--scorer', 'none', '--dir', 'more', '-n', '9', '--json'], 2, /9 candidates are asked for, and 4 an item are recorded/],
    ['recorded candidates of another file in the same folder', () => ['evaluate', '--policy', 'recorded:whole', '--scorer', 'none', '--dir', 'beam-again', '--json'], 2, /the policy was a recording with sha256 \w+…, now it is a recording with sha256 \w+…/],
    ['a recording in the folder itself', () => ['evaluate', '--policy', 'recorded:whole', '--scorer', 'none', '--dir', 'whole', '--json'], 2, /lies in the folder that its candidates would be judged in/],
    ['another temperature for what is recorded', () => ['evaluate', '--policy', 'recorded:beam', '--temperature', '1', '--dir', 'warm', '--json'], 2, /the recorded candidates were drawn with 0\.7/],
    ['items for a stage alone', () => ['evaluate', 'sample', '--items', 'cases.jsonl', '--dir', 'whole'], 2, /A stage alone imports nothing/],
    ['a rule that needs values, before anything is asked', () => args('none', '--scorer', 'none', '--rules', 'bon-min'), 2, /The rule bon-min needs step values/],
    ['a folder without results', () => ['report', '.'], 3, /holds no results of an evaluation/],
    ['several results and no place for them', () => ['report', 'whole', 'unscored'], 2, /Give --out FOLDER/],
    ['a place for results that is a file', () => ['report', 'whole', '--out', 'cases.jsonl'], 3, /DISK_READ_ONLY .*cases\.jsonl cannot be written: a file stands where a folder is to be/],
    ['a reference that is none of the rules', () => ['report', 'whole', '--rules', 'maj', '--reference', 'greedy', '--out', 'x'], 2, /The reference rule greedy is none of this evaluation/],
    ['results of two scorers as one', () => ['report', 'whole', 'unscored', '--out', 'x'], 3, /cannot be merged/],
  ];
  it.each(wrong)('refuses %s with a sentence that says what next', async (_what, command, code, sentence) => {
    const ended = await place.run(command());
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringMatching(sentence)]);
  });

  it('refuses half a results file and a line that is no item, by file and line', async () => {
    done(await place.run(['report', 'whole', '--out', 'half', '--draws', '200', '--subsets', '10', '--rules', 'maj']));
    const file = place.path('half/items.jsonl');
    truncateSync(file, Buffer.byteLength(whole.split('\n').slice(0, 5).join('\n')) + 1);
    expect((await place.run(['report', 'half'])).stderr).toMatch(/is not the file that its summary was made from \(5 lines\)/);
    appendFileSync(file, '{"type":"verdicts"');
    expect((await place.run(['report', 'half'])).stderr).toMatch(/items\.jsonl, line 6, is no JSON: it ends in the middle/);
  });
});
