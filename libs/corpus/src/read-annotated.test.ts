import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readAnnotated, type AnnotatedChain } from './read-annotated.ts';

const folder = mkdtempSync(join(tmpdir(), 'slowthink-annotated-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(name: string, rows: readonly object[], asLines = name.endsWith('.jsonl')) {
  const path = join(folder, name);
  writeFileSync(path, asLines ? rows.map((row) => `${JSON.stringify(row)}\n`).join('') : JSON.stringify(rows));
  const chains: AnnotatedChain[] = [];
  for await (const chain of readAnnotated(path)) chains.push(chain);
  return chains.map(({ place, ...chain }) => ({ ...chain, place: place.slice(folder.length + 1) }));
}
const row = (id: string, label: number, more: object = {}) => ({ id, generator: 'some', problem: 'P', steps: ['a', 'b', 'c'], final_answer_correct: false, label, ...more });

describe('rows of ProcessBench', () => {
  test('give problem, steps and the first wrong step, from an array and from lines', async () => {
    const expected = (place: string, id: string, label: number) => ({ kind: 'process-bench', subset: 'gsm8k', id, question: 'P', steps: ['a', 'b', 'c'], label, place });
    expect(await read('gsm8k.json', [row('gsm8k-0', 1), row('gsm8k-1', -1)])).toEqual([expected('gsm8k.json:1', 'gsm8k-0', 1), expected('gsm8k.json:1', 'gsm8k-1', -1)]);
    expect(await read('processbench-gsm8k.jsonl', [row('x', 0)])).toEqual([expected('processbench-gsm8k.jsonl:1', 'x', 0)]);
  });

  test('are of the subset that a column, the name of the file, or the id names; "math" is not read out of "omnimath"', async () => {
    const subset = async (name: string, id: string, more?: object) => ((await read(name, [row(id, 0, more)]))[0] as { subset: string }).subset;
    expect([await subset('gsm8k.json', 'x', { subset: 'own' }), await subset('omnimath.json', 'x'), await subset('all.json', 'math-3'), await subset('all.json', 'olympiadbench-3'), await subset('mine.json', 'x')]).toEqual(['own', 'omnimath', 'math', 'olympiadbench', 'mine']);
  });

  test('that hold no chain say why, and the rest goes on', async () => {
    const chains = await read('math.jsonl', [row('a', 3), row('b', -2), { ...row('c', 0), steps: [] }, { ...row('d', 0), steps: ['a', ' '] }, { ...row('e', 0), problem: null }, { problem: 'P' }, row('f', 2)]);
    expect(chains.map((chain) => (chain.kind === 'bad' ? chain.message : chain.kind))).toEqual([
      'The row of "a" has 3 as label: a step from 0 to 2, or -1, is wanted.', 'The row of "b" has -2 as label: a step from 0 to 2, or -1, is wanted.', 'The row of "c" has no steps: a list of texts is wanted, none of them empty.',
      'The row of "d" has no steps: a list of texts is wanted, none of them empty.', 'The row of "e" has no problem.', 'The row has no id. A row of ProcessBench has id, problem, steps and label; one of PRMBench has idx, modified_process and error_steps.', 'process-bench',
    ]);
  });
});

describe('rows of PRMBench', () => {
  const changed = (idx: string, classification: string, errors: readonly number[], more: object = {}) => ({ idx, classification, original_question: 'O', modified_question: 'M', original_process: ['a', 'b'], modified_process: ['a', 'x', 'b'], error_steps: errors, ...more });

  test('count wrong steps from 1, and give the unchanged chain of a problem once, from its row of the class that PRMBench takes it from', async () => {
    expect(await read('prmbench.jsonl', [changed('redundency_7', 'redundency', [2]), changed('7', 'redundency', [3]), changed('circular_7', 'circular', [1, 3]), changed('multi_solutions_8', 'multi_solutions', [])])).toEqual([
      { kind: 'prm-bench', errorClass: 'correct', id: 'correct_7', problem: '7', question: 'O', steps: ['a', 'b'], right: [true, true], place: 'prmbench.jsonl:1' },
      { kind: 'prm-bench', errorClass: 'redundency', id: 'redundency_7', problem: '7', question: 'M', steps: ['a', 'x', 'b'], right: [true, false, true], place: 'prmbench.jsonl:1' },
      { kind: 'prm-bench', errorClass: 'redundency', id: 'redundency_7', problem: '7', question: 'M', steps: ['a', 'x', 'b'], right: [true, true, false], place: 'prmbench.jsonl:2' },
      { kind: 'prm-bench', errorClass: 'circular', id: 'circular_7', problem: '7', question: 'M', steps: ['a', 'x', 'b'], right: [false, true, false], place: 'prmbench.jsonl:3' },
      { kind: 'prm-bench', errorClass: 'multi_solutions', id: 'multi_solutions_8', problem: '8', question: 'M', steps: ['a', 'x', 'b'], right: [true, true, true], place: 'prmbench.jsonl:4' },
    ]);
  });

  test('that lack a field say which', async () => {
    const chains = await read('prmbench.jsonl', [changed('1', '', [1]), changed('2', 'circular', [0]), changed('3', 'circular', [1], { modified_process: 'a b' }), changed('4', 'circular', [1], { modified_question: undefined })]);
    expect(chains.map((chain) => (chain.kind === 'bad' ? chain.message : ''))).toEqual(['The row of "1" has no classification.', 'The row of "2" has no error_steps: a list of step numbers from 1 is wanted.', 'The row of "3" has no modified_process: a list of texts is wanted, none of them empty.', 'The row of "4" has no modified_question.']);
  });
});
