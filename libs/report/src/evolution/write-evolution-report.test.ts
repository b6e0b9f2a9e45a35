import type { EvolutionReport, RoundReport } from '@slowthink/evolution';
import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { writeEvolutionReport } from './write-evolution-report.ts';

const share = (accuracy: number) => ({ accuracy, low: accuracy - 0.04, high: accuracy + 0.04 });
const round = (number: number, greedy: number, more: Partial<RoundReport> = {}): RoundReport => ({
  round: number, policy: 'seed', scorer: 'seed', questions: number === 0 ? null : 800, rows: number === 0 ? {} : { sft: 900, prm: 4000 }, items: 600, candidates: 16, accuracies: { greedy: share(greedy), maj: share(greedy), 'vote-sum-min': share(greedy + 0.2), 'pass@16': share(0.95) },
  greedyGain: null, voteGain: { difference: 0.2, low: 0.17, high: 0.23 }, minutes: number === 0 ? { dev: 2.5 } : { questions: 0, run: 7.7, sft: 0.4, prm: 2, dev: 2.5 }, requests: 1200, tokens: { dev: 600_000 }, hashes: { [`rounds/${number}/dev/results/items.jsonl`]: 'a'.repeat(64) }, report: `rounds/${number}/dev/results/report.html`, ...more,
});
const report: EvolutionReport = {
  v: 1, recipe: 'seed-cpu', seed: 0, trainer: 'local', keepBy: 'vote-sum-min', kept: { round: 1, policy: 'onnx:x', scorer: 'onnx:y', by: 'vote-sum-min', value: 0.81, hashes: {} },
  rounds: [round(0, 0.42), round(1, 0.61, { greedyGain: { difference: 0.188, low: 0.155, high: 0.223 } }), round(2, 0.6, { greedyGain: { difference: -0.01, low: -0.03, high: 0.012 } })], stopped: null, notes: [],
};
const page = (of: EvolutionReport) => parseHTML(writeEvolutionReport(of)).document;

it('says in how many rounds greedy accuracy rose clearly, and marks gains whose interval leaves zero out', () => {
  const document = page(report);
  expect(document.querySelector('h1')!.textContent).toBe('seed-cpu: greedy accuracy rose clearly in 1 of 2 rounds');
  expect([...document.querySelectorAll('svg.ci[aria-label]')].map((svg) => [svg.getAttribute('aria-label'), svg.classList.contains('clear')])).toEqual([
    ['+18.8, from +15.5 to +22.3', true], ['−1.0, from −3.0 to +1.2', false], ['+20.0, from +17.0 to +23.0', true], ['+20.0, from +17.0 to +23.0', true], ['+20.0, from +17.0 to +23.0', true],
  ]);
});

it('shows every round with intervals, minutes and hashes, and which one is kept', () => {
  const document = page(report);
  expect([...document.querySelectorAll('#rounds ~ .scroll tbody tr')].slice(0, 3).map((row) => row.querySelector('th')!.textContent)).toEqual(['base', 'round 1kept', 'round 2']);
  expect(document.querySelector('td.best')!.textContent).toBe('81.0 77.0 to 85.0');
  expect(document.querySelectorAll('code')).toHaveLength(3);
});

it('loads nothing, runs nothing, and shows what came from outside as text', () => {
  const text = writeEvolutionReport({ ...report, trainer: 'command:<script>alert(1)</script> {job}', notes: ['<b>bold</b>'] });
  expect([text.includes('<script'), text.includes('&lt;b&gt;bold&lt;/b&gt;')]).toEqual([false, true]);
  expect(page(report).querySelector('meta[http-equiv]')!.getAttribute('content')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'$/);
  expect(writeEvolutionReport(report)).toBe(writeEvolutionReport(report));
});
