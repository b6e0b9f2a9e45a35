// slowthink evolve with real training, where SLOWTHINK_PYTHON names a Python with the packages of tools/training/requirements-tests.txt: one reduced round, as `npx slowthink evolve` does two, and the same killed at five points.
// .ci/training runs it; some five minutes on two idle cores.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTrainingManifest } from '@slowthink/records';
import { modelHash } from '@slowthink/training';
import { afterAll, describe, expect, it } from 'vitest';
import { Workplace, done } from './testing/command-line.ts';
import { doneIn, evolutionSaid, madeIn, smallEvolution } from './testing/evolutions.ts';

const python = process.env['SLOWTHINK_PYTHON'];
const place = new Workplace();
afterAll(() => place.close());

const args = (dir: string): readonly string[] => smallEvolution(dir, '--trainer', `local:${python}`, '--questions-a-round', '48', '--dev-limit', '24', '-n', '4', '--train', 'prm.epochs=3');

/** What a training says of itself, or nothing yet. */
function progressOf(out: string): { readonly phase?: string; readonly step?: number } {
  try { return JSON.parse(readFileSync(place.path('killed/rounds/1', out, 'progress.json'), 'utf8')) as { phase: string; step: number }; } catch { return {}; }
}

const points: readonly { readonly name: string; readonly reached: () => boolean }[] = [
  { name: 'while the base is measured', reached: () => existsSync(place.path('killed/rounds/0/dev/lock.pid')) },
  { name: 'in the search', reached: () => existsSync(place.path('killed/rounds/1/run/lock.pid')) },
  { name: 'in the training of the policy', reached: () => progressOf('policy').phase === 'training' },
  { name: 'in the export of the step scorer', reached: () => progressOf('scorer').phase === 'exporting' },
  { name: 'while the round is measured', reached: () => existsSync(place.path('killed/rounds/1/dev/lock.pid')) },
];

describe.runIf(python)('slowthink evolve with a Python that trains', () => {
  it('makes models that differ from the base, with true manifests, every file that was promised, and a report with both gains', async () => {
    const { rounds: [base, round, ...more], report, drained } = evolutionSaid(done(await place.run(args('whole'))));
    expect([drained, more, base!.greedyGain]).toEqual([false, [], null]);
    for (const gain of [round!.greedyGain!, round!.voteGain!]) expect([gain.low! <= gain.difference!, gain.difference! <= gain.high!]).toEqual([true, true]);
    expect(readFileSync(report!, 'utf8').trimEnd()).toMatch(/<\/html>$/);
    for (const part of ['policy', 'scorer']) {
      const out = place.path('whole/rounds/1', part);
      const manifest: unknown = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
      if (!isTrainingManifest(manifest)) throw new Error(`the manifest of ${part} is none`);
      expect([part, manifest.model.sha256 === await modelHash(join(out, 'model')), manifest.model.sha256 === manifest.base.model, manifest.deterministic, manifest.stopped]).toEqual([part, true, false, true, 'end']);
      for (const file of ['README.md', 'loss.jsonl', 'loss.svg', 'model/model.safetensors', 'model/onnx/model.onnx', 'model/tokenizer.json', 'model/checksums.json']) expect([file, existsSync(join(out, file))]).toEqual([file, true]);
      expect(existsSync(join(out, 'checkpoint'))).toBe(false);
    }
  }, 300_000); // a reduced evolution, undisturbed, ends in five minutes on two cores

  it('does nothing and says the same when it is asked again', async () => {
    const before = doneIn(place, 'whole');
    const again = evolutionSaid(done(await place.run(args('whole'))));
    expect([again.rounds.length, doneIn(place, 'whole')]).toEqual([2, before]);
  });

  it('comes to the same data, models and verdicts when it is killed at five points', async () => {
    for (const { name, reached } of points) {
      const running = place.start(args('killed'));
      let over = false;
      void running.ended.then(() => { over = true; });
      while (!reached()) { if (over) throw new Error(`It ended before it could be killed ${name}: ${(await running.ended).stderr}`); await sleep(10); }
      await sleep(200);
      running.kill('SIGKILL');
      await running.ended;
    }
    done(await place.run(args('killed')));
    expect(madeIn(place, 'killed')).toEqual(madeIn(place, 'whole'));
  });
});
