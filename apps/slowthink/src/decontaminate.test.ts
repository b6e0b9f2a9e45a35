// slowthink decontaminate: what it prints, writes and refuses.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCorpus, type CorpusItem } from '@slowthink/corpus';
import { Command } from 'commander';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addDecontaminate } from './commands/decontaminate.ts';

const folder = mkdtempSync(join(tmpdir(), 'slowthink-decontaminate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string): string => join(folder, name);
const file = (name: string, rows: readonly object[]): string => { writeFileSync(path(name), `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`); return path(name); };

const options = { A: 'The red gull', B: 'The grey seal', C: 'The old crab' };
const keeper = 'The keeper of the north light hears bells under water whenever fog drifts in from the harbour; which animal rings them in 3 of 7 nights?';
const exam = file('exam.jsonl', [{ id: 'a', question: keeper, options, answer: 'A' }, { id: 'b', question: 'Which bird steals brass buttons?', options, answer: 'B' }]);
const train = file('train.jsonl', [
  { id: 'same', question: keeper.toUpperCase(), options, answer: 'A' },
  { id: 'turned', question: keeper, options: { A: options.C, B: options.A, C: options.B }, answer: 'B' },
  { id: 'numbers', question: keeper.replace('3 of 7', '2 of 9'), options: { A: 'The eel', B: 'The owl', C: 'The cod' }, answer: 'A' },
  { id: 'short', question: 'Which bird steals brass buttons?', answer: 'B. The grey seal', kind: 'open' },
  { id: 'clean', question: 'Why does moss grow on the north side of barns?', options, answer: 'C' },
  { id: 'bad', question: '' },
]);

let [stdout, stderr] = ['', ''];
beforeEach(() => {
  [stdout, stderr] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => { stdout += String(text); return true; });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => { stderr += String(text); return true; });
});
afterEach(() => { vi.restoreAllMocks(); process.exitCode = undefined; });

async function decontaminate(...args: readonly string[]): Promise<void> {
  const program = new Command().exitOverride();
  addDecontaminate(program);
  await program.parseAsync(['decontaminate', ...args], { from: 'user' });
}
const lines = (name: string): readonly { readonly [field: string]: unknown }[] => readFileSync(path(name), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { readonly [field: string]: unknown });

describe('a check of training questions', () => {
  it('writes a line a marked question and the other ones as question records, and ends with 0', async () => {
    await decontaminate('--questions', train, '--against', exam, '--kinds', 'all', '--report', path('leaks.jsonl'), '--out', path('clean.jsonl'), '--json');
    expect(JSON.parse(stdout)).toEqual({
      questions: 5, badRows: 1, flagged: 4, clean: 1, kinds: { verbatim: 1, 'options re-ordered': 1, 'numbers changed': 1, '13-gram': 0, short: 1, 'words changed': 0 }, shareMin: 0.33, items: 2,
      against: [{ dataset: 'exam', path: exam, sha256: expect.stringMatching(/^[0-9a-f]{64}$/u) as string, items: 2 }], datasets: [{ dataset: 'train', questions: 5, flagged: 4 }], report: path('leaks.jsonl'), out: path('clean.jsonl'),
    });
    expect(process.exitCode).toBeUndefined();
    expect(lines('leaks.jsonl')).toMatchObject([
      { id: 'train/train/same', kind: 'verbatim', items: ['exam/train/a'], more: 0, share: 1, words: 'the keeper of the north light hears bells under water whenever fog drifts in from the harbour which animal rings …', place: `${train}:1` },
      { id: 'train/train/turned', kind: 'options re-ordered' }, { id: 'train/train/numbers', kind: 'numbers changed', share: 1 }, { id: 'train/train/short', kind: 'short', items: ['exam/train/b'] },
    ]);
    const again: CorpusItem[] = [];
    for await (const item of readCorpus({ paths: [path('clean.jsonl')] })) again.push(item);
    expect(again).toMatchObject([{ kind: 'file', ownNames: true }, { kind: 'question', question: { id: 'train/train/clean', dataset: 'train', gold: { answer: 'C' } } }]);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('prints a table, says what it does not mark, and ends with 1 where it is told to', async () => {
    await decontaminate('--questions', train, '--against', exam, '--fail-on-leak');
    expect(stdout).toContain('Marked of 5 questions, against 2 items (1 rows give no question):');
    expect(stdout).toMatch(/ {2}13-gram +1\n/u); // the one with other numbers: 20 of its words run on
    expect(stdout).toMatch(/ {2}together +4 of 5\n/u);
    expect(stdout).toContain('--kinds all marks them, too.');
    expect(stderr).toContain('Checking against 2 items of exam. Looking for: verbatim, options re-ordered, 13-gram, short, words changed.');
    expect(process.exitCode).toBe(1);
  });

  it('ends with 0 where nothing is marked, and takes every benchmark and dev set at hand where none is named', async () => {
    await decontaminate('--questions', 'first-questions', '--limit', '3', '--fail-on-leak', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ questions: 3, flagged: 0, against: [{ dataset: 'dosage-dev', items: 600 }, { dataset: 'dosage-test', items: 600 }] });
    expect(stderr).toMatch(/^Not checked against .*medqa.*: their files are not here\./u);
    expect(process.exitCode).toBeUndefined();
  });
});

it.each([
  ['no questions', [], 'SETTING_INVALID', 'There is nothing to check.'],
  ['an unknown kind', ['--questions', train, '--kinds', '14-gram'], 'SETTING_INVALID', '--kinds has "14-gram"; allowed: verbatim'],
  ['a share above 1', ['--questions', train, '--share', '33'], 'SETTING_INVALID', '--share is "33"; allowed: a number from 0 to 1.'],
  ['one file for both', ['--questions', train, '--report', 'x.jsonl', '--out', 'x.jsonl'], 'SETTING_INVALID', '--report and --out are both x.jsonl.'],
  ['its own questions as the clean file', ['--questions', train, '--out', train], 'SETTING_INVALID', 'is read by --questions and would be written, too.'],
  ['a benchmark that is not there', ['--questions', train, '--against', 'absent.json'], 'QUESTION_FILE_MISSING', 'There is no file absent.json'],
  ['questions that are not there', ['--questions', 'absent.json', '--against', exam], 'QUESTION_FILE_MISSING', 'There is no file absent.json'],
  ['no folder for the report', ['--questions', train, '--against', exam, '--report', join(folder, 'none/x.jsonl')], 'SETTING_INVALID', 'there is no folder'],
])('refuses %s', async (_, args, code, message) => {
  await expect(decontaminate(...args)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  expect(stdout).toBe('');
});
