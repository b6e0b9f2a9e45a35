import { describe, expect, it } from 'vitest';
import { problemsOf } from './check-history.ts';
import { simulate, type History } from './simulate.ts';
import { quiet, weatherOf, type Weather } from './weather.ts';

const calm = new Map<string, Promise<History>>();
const calmOf = async ({ questions, search }: Weather): Promise<History> => {
  const key = `${questions}/${search}`;
  if (!calm.has(key)) calm.set(key, simulate(quiet(questions, search)));
  return calm.get(key)!;
};

describe('try', () => {
  it('quiet', async () => {
    const h = await calmOf({ questions: 3, search: 'laptop' } as Weather);
    console.log(Object.entries(h.records).map(([k, v]) => `${k} ${v.length}`).join(' '), h.virtualMs, h.asked, h.askedAgain, h.files.size, h.lives);
    expect(problemsOf(h, h)).toEqual([]);
  });
  it('many', async () => {
    const from = Number(process.env['FROM'] ?? 1), to = Number(process.env['TO'] ?? 30);
    const t = performance.now();
    let bad = 0;
    for (let seed = from; seed <= to; seed++) {
      const weather = weatherOf(seed);
      const lines: string[] = [];
      const t0 = performance.now();
      const traced = process.env['TRACE'] !== undefined; if (traced) { const fs = await import('node:fs'); fs.writeFileSync('/tmp/trace.txt', JSON.stringify(weather) + '\n'); lines.push = ((l: string) => { fs.appendFileSync('/tmp/trace.txt', l + '\n'); return 0; }) as never; }
      try {
        const h = await simulate(weather, traced ? (line) => lines.push(line) : undefined);
        const problems = problemsOf(h, await calmOf(weather));
        if (process.env['V']) console.log(seed, (performance.now() - t0).toFixed(0), 'ms', h.weather.workers, 'deaths', h.deaths, 'lives', h.lives, (h.virtualMs / 1000).toFixed(1), 's', h.asked, h.askedAgain, h.askedAgainMax);
        if (problems.length) { bad++; console.log('seed', seed, problems.join('\n')); }
      } catch (e) { bad++; console.log('seed', seed, String((e as Error).stack).slice(0, 600)); }
      if (traced) console.log(lines.join('\n'));
    }
    console.log('bad', bad, 'of', to - from + 1, performance.now() - t);
  });
});
