// slowthink evolve with real training, where SLOWTHINK_PYTHON names a Python with the packages of tools/training/requirements.txt: one round, as `npx slowthink evolve` does two, and the same killed at five points. Takes a few minutes.
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTrainingManifest } from '@slowthink/records';
import { afterAll, describe, expect, it } from 'vitest';
import { Workplace, done } from './testing/command-line.ts';
import { evolutionSaid, madeIn, smallEvolution } from './testing/evolutions.ts';

const python = process.env['SLOWTHINK_PYTHON'];
const place = new Workplace();
afterAll(() => place.close());

const args = (dir: string): readonly string[] => smallEvolution(dir, '--trainer', `local:${python}`, '--train', 'prm.epochs=3');

describe.runIf(python)('slowthink evolve with a Python that trains', () => {
  it('makes models that differ from the base, with true manifests, and a report with both gains', async () => {
    const { rounds, drained } = evolutionSaid(done(await place.run(args('whole'))));
    expect([drained, rounds.length, typeof rounds[1]!.greedyGain!.difference, typeof rounds[1]!.voteGain!.difference]).toEqual([false, 2, 'number', 'number']);
    for (const out of ['policy', 'scorer']) {
      const manifest: unknown = JSON.parse(readFileSync(place.path('whole/rounds/1', out, 'manifest.json'), 'utf8'));
      if (!isTrainingManifest(manifest)) throw new Error(`the manifest of ${out} is none`);
      expect([out, manifest.model.sha256 === manifest.base.model, manifest.deterministic]).toEqual([out, false, true]);
    }
    expect(existsSync(place.path('whole/report.html'))).toBe(true);
  });

  it('comes to the same models when it is killed at five points', async () => {
    const points = ['rounds/0/dev/lock.pid', 'rounds/1/run/lock.pid', 'rounds/1/policy/progress.json', 'rounds/1/scorer/progress.json', 'rounds/1/dev/lock.pid'];
    for (const point of points) {
      const running = place.start(args('killed'));
      let over = false;
      void running.ended.then(() => { over = true; });
      while (!existsSync(place.path('killed', point))) { if (over) throw new Error(`It ended before ${point}: ${(await running.ended).stderr}`); await sleep(10); }
      await sleep(200);
      running.kill('SIGKILL');
      await running.ended;
    }
    done(await place.run(args('killed')));
    expect(madeIn(place, 'killed')).toEqual(madeIn(place, 'whole'));
  });
});
