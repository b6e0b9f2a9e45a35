import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { evolutionLine, evolutionTable, withLine } from './evolution-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'evolution-lines-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'report.json');
const share = (accuracy: number) => ({ accuracy, low: 0, high: 1 });
const round = (at: number, greedy: number, maj: number, votes: number | undefined, minutes: object) => ({ round: at, items: 600, candidates: 16, accuracies: { greedy: share(greedy), maj: share(maj), ...(votes === undefined ? {} : { 'vote-sum-min': share(votes) }) }, minutes });
writeFileSync(file, JSON.stringify({ v: 1, kept: { round: 1 }, rounds: [round(0, 0.487, 0.44, undefined, { dev: 1.62 }), round(1, 0.628, 0.628, 0.958, { questions: 0, run: 5.35, sft: 0.43, prm: 1.17, dev: 1.36 })] }));
const line = evolutionLine(file, { name: 'main', title: 'light rounds', date: '2026-11-26', commit: 'abc' });

describe('the line of an evolution', () => {
  it('has what dev said of each round, what each step took, and which round was kept', () => {
    expect(evolutionTable([line], 6)).toContain('| 7 | light rounds (main; 600 questions, N = 16) | 2026-11-26 | `abc` | 48.7 → 62.8 | 44.0 → 62.8 | – → 95.8 | 0: dev 1.6; 1: run 5.3, sft 0.4, prm 1.2, dev 1.4 | round 1 |');
    expect(evolutionTable([line], 6)).toMatch(/^7 evolutions, or parts of one, were run on dev: 6 in the table above and 1 here\./);
  });

  it('is written once for a report, and again for another one of the same name', () => {
    const lines = withLine([], line);
    expect(withLine(lines, { ...line, commit: null })).toBe(lines);
    writeFileSync(file, JSON.stringify({ v: 1, kept: { round: 0 }, rounds: [round(0, 0.487, 0.44, 0.93, { dev: 1 })] }));
    expect(withLine(lines, evolutionLine(file, line))).toHaveLength(2);
  });

  it('is refused for a report without a measured round, by its file', () => {
    writeFileSync(file, JSON.stringify({ v: 1, kept: { round: 0 }, rounds: [] }));
    expect(() => evolutionLine(file, line)).toThrow(`${file} has no round`);
  });
});
