// Where questions come from: a folder, a hub of data sets, a file of a known shape; and the list of what is known.
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from './testing/command-line.ts';

const place = new Workplace();
const item = (text: string, answer: string): string => JSON.stringify([{ id: 0, conversations: [{ from: 'human', value: text }], eval: { answer } }]);
const ward = Buffer.from('{"question":"Is it?","answer":"yes"}\n{"question":"Is it not?","answer":"no"}\n');
let hub: Server;
let endpoint: string;
beforeAll(async () => {
  mkdirSync(place.path('sets'));
  place.write('sets/bioasq.json', item('Is it?\nA. yes\nB. no', 'A'));
  place.write('sets/medsins_task16.json', item('Is the claim 0 or 1?', '1'));
  place.write('sets/exam.csv', 'question,answer\nWhy?,because\n');
  const answers: { readonly [start: string]: string | Buffer } = {
    '/api/datasets/ward/june/revision/': JSON.stringify({ sha: 'a'.repeat(40) }),
    '/api/datasets/ward/june/tree/': JSON.stringify([{ type: 'file', path: 'test.jsonl', size: ward.length, oid: createHash('sha1').update(`blob ${ward.length}\0`).update(ward).digest('hex') }]),
    '/datasets/ward/june/resolve/': ward,
  };
  hub = createServer((request, response) => { const found = Object.entries(answers).find(([start]) => request.url!.startsWith(start)); response.writeHead(found ? 200 : 404).end(found?.[1]); });
  await new Promise<void>((done) => { hub.listen(0, '127.0.0.1', done); });
  endpoint = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`;
});
afterAll(() => { hub.close(); place.close(); });

describe('import', () => {
  it('takes every file of a folder that is known, names the others in one line, and fetches a file of a hub', async () => {
    const { code, stdout, stderr } = await place.run(['import', 'sets', 'hf:ward/june', '--cache', 'cache', '--dir', 'folder'], { HF_ENDPOINT: endpoint });
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^sets\/bioasq\.json: 1 questions of bioasq\/test \(benchmark\)/u), expect.stringMatching(/^sets\/medsins_task16\.json: 1 questions of healthfact\/test \(benchmark\)/u),
      expect.stringMatching(/cache\/hub\/ward--june\/a{40}\/test\.jsonl: 2 questions of june\/test \(benchmark\), 0 faults/u), '',
    ]);
    expect([code, stderr.split('\n').filter((line) => line.includes('passed over'))]).toEqual([0, [expect.stringContaining('sets: passed over exam.csv (no manifest knows it).')]]);
    expect(stderr).toContain('Fetching test.jsonl of ward/june, 0.0 MB …');
  });
});

describe('datasets', () => {
  it('prints a row each, says which files of a folder it is, marks what did not come through its mapping, and tells oddities where they are wanted', async () => {
    const { stdout, stderr } = await place.run(['datasets', 'sets', '--notes']);
    expect(stdout).toMatch(/^mmlu-med \* +benchmark \(eleven\) +1,561 +choice +med_mmlu_cot, med_mmlu +not here$/mu);
    expect(stdout).toContain('\nmmlu-med: MMLU, eight medical subjects, four options. Licence: MIT as released.\n  Eight subjects;');
    expect(stdout).toMatch(/^healthfact \* +benchmark \(eleven\) +\? +digit +medsins_task16 +sets\/medsins_task16\.json$/mu);
    expect(stdout).toMatch(/^dosage +train +2,000 +number +\S+train\.jsonl$/mu);
    expect(stderr).toContain('sets/exam.csv: no manifest knows it.');
  });
});
