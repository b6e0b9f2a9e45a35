// An evolution whose searches and evaluations run on a Kafka comes to the data, models and verdicts of the embedded log, undisturbed and killed.
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Workplace, done } from './testing/command-line.ts';
import { evolutionSaid, madeIn, smallEvolution } from './testing/evolutions.ts';
import { freshName } from './testing/kafka-run.ts';

const place = new Workplace();
const args = (dir: string, ...more: readonly string[]): readonly string[] => smallEvolution(dir, '--rounds', '2', ...more);
const onKafka = (dir: string): readonly string[] => args(dir, '--broker', `kafka://${inject('kafka')}`, '--run', dir);

/** Rows of the log know offsets: what stands in lineage/ is of the transport. */
const madeBy = (dir: string) => Object.fromEntries(Object.entries(madeIn(place, dir)).map(([step, made]) => [step, Object.fromEntries(Object.entries(made).filter(([name]) => !name.includes('/lineage/')))]));

beforeAll(async () => { done(await place.run(args('sqlite'))); });
afterAll(() => { place.close(); });

describe('an evolution on a Kafka', () => {
  it('makes what the embedded log makes, in runs of its own, and the same command again does nothing', async () => {
    const name = freshName('evolve');
    const first = evolutionSaid(done(await place.run(onKafka(name))));
    expect(first.rounds).toHaveLength(3);
    expect(madeBy(name)).toEqual(madeBy('sqlite'));
    const again = evolutionSaid(done(await place.run(onKafka(name))));
    expect(again.rounds.map(({ hashes }) => hashes)).toEqual(first.rounds.map(({ hashes }) => hashes));
  });

  it.each(['1-run', '2-dev'])('goes on from the log where it was killed in %s', async (step) => {
    const name = freshName('evolve');
    const running = place.start(onKafka(name));
    let over = false;
    void running.ended.then(() => { over = true; });
    while (!existsSync(place.path(name, 'steps', `${step}.begun.json`))) { if (over) throw new Error(`It ended before ${step}: ${(await running.ended).stderr}`); await sleep(20); }
    await sleep(1500);
    running.kill('SIGKILL');
    await running.ended;
    expect(existsSync(place.path(name, 'steps', `${step}.done.json`))).toBe(false);
    done(await place.run(onKafka(name)));
    expect(madeBy(name)).toEqual(madeBy('sqlite'));
  });
});
