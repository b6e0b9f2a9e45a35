// "slowthink evaluate-prm" as a user types it, with the scorer that ships and chains made for the test.
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { Workplace } from './testing/command-line.ts';

const place = new Workplace();
afterAll(() => place.close());

const rows = (subset: string) => [1, -1, 0, -1].map((label, at) => ({ id: `${subset}-${at}`, generator: 'made', problem: `How many mg for ${at + 10} kg?`, steps: [`Multiply ${at + 10} by 5.`, `The answer is ${(at + 10) * 5} mg.`], final_answer_correct: label < 0, label }));
place.write('gsm8k.json', JSON.stringify(rows('gsm8k')));
place.write('math.jsonl', [...rows('math'), { id: 'math-9', problem: 'P', steps: ['a'], label: 7 }].map((row) => `${JSON.stringify(row)}\n`).join(''));
place.write('prmbench.jsonl', JSON.stringify({ idx: 'redundency_0', classification: 'redundency', original_question: 'Q', modified_question: 'Q', original_process: ['Take 5.', 'Add 6.'], modified_process: ['Take 5.', 'Take 5.', 'Add 6.'], error_steps: [2] }));

describe('evaluate-prm', () => {
  it('chooses the threshold on gsm8k, tests on the others, writes the numbers and their values, and goes on from these', async () => {
    const args = ['evaluate-prm', 'gsm8k.json', 'math.jsonl', 'prmbench.jsonl', '--out', 'prm.json'];
    const first = await place.run(args);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toContain('math.jsonl:5: The row of "math-9" has 7 as label: a step from 0 to 0, or -1, is wanted.');
    expect(first.stdout).toMatch(/^Scorer seed@[0-9a-f]+\. 10 chains\. [\d,]+ tokens read\.\nA step is right above 0\.\d+, chosen on gsm8k, which is no test\.\n\nProcessBench, first wrong step, %\n/);
    expect(first.stdout).toMatch(/\ngsm8k +4 .* calibration\nmath +4 .*\nMean F1 of the test subsets: \d+\.\d\. With gsm8k, as the paper averages: \d+\.\d\.\n\nPRMBench, all steps, %\n/);
    const evaluation = JSON.parse(readFileSync(place.path('prm.json'), 'utf8')) as { readonly processBench: { readonly average: number; readonly subsets: { readonly [name: string]: { readonly f1: number } } } };
    expect(evaluation).toMatchObject({ scorer: { model: 'seed' }, chains: 10, badRows: 1, duplicates: 0, unscored: {}, threshold: { from: 'calibration', subset: 'gsm8k' }, prmBench: { chains: 2, classes: { redundency: { steps: 3, wrongSteps: 1 } } } });
    expect(evaluation.processBench.average).toBe(evaluation.processBench.subsets['math']!.f1);

    const again = await place.run([...args, 'gsm8k.json', '--json']);
    expect([again.code, JSON.parse(again.stdout)], again.stderr).toEqual([0, { ...evaluation, duplicates: 4 }]);
    expect(again.stderr).toContain('10 of 10 chains had their values from prm.json.values.jsonl.');
  });
});

describe.concurrent('wrong use of evaluate-prm', () => {
  place.write('none.jsonl', '{"id": 1, "text": "x"}\n');
  it.each<readonly [string, number, readonly string[], string]>([
    ['no threshold', 2, ['math.jsonl'], 'SETTING_INVALID There is no threshold: no file holds the subset gsm8k, on which it is chosen when nothing else is said (there: math).'],
    ['a file without chains', 3, ['none.jsonl', '--threshold', '0.5'], 'QUESTION_FILE_UNREADABLE none.jsonl holds no chain of ProcessBench or PRMBench.'],
  ])('%s ends with exit %i', async (_name, code, args, message) => {
    const ended = await place.run(['evaluate-prm', ...args]);
    expect(ended, ended.stderr).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(message);
  });
});
