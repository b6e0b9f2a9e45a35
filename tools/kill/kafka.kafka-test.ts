// The short form of `npm run kill -- --broker kafka`: each stage a process of its own on a real broker; kills in every stage, and what else happens to a run on a Kafka, once each.
import { killPoints } from '@slowthink/faults';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { startKafka } from '../kafka/start-kafka.ts';
import { pointCases, quietRun, randomCase, type Quiet } from './cases.ts';
import { kafkaCommands, kafkaDeployment } from './kafka-deployment.ts';
import { brokerDies, drawnLosses, freezes, losing, withCuttingProxy } from './kafka-scenarios.ts';
import { caseOf } from './short-form.ts';
import { tryFates, tryUntilReached, type Trial } from './trial.ts';

const deployment = kafkaDeployment(inject('kafka'));
let quiet: Quiet;
beforeAll(async () => { quiet = await quietRun(deployment, kafkaCommands); });

function same({ problems }: Trial): void { expect(problems).toEqual([]); }

describe('a run on a Kafka, a process a stage', () => {
  it('crosses every point of the table but those of the embedded log, undisturbed, going on after a kill or finding everything done; a run that nobody disturbs crosses all that a Kafka alone has', () => {
    const named = (log: readonly string[]): readonly string[] => Object.entries(killPoints).filter(([, row]) => log.includes(row.log)).map(([name]) => name).toSorted();
    expect([...new Set(pointCases(quiet, 'short').map(({ row }) => row))].toSorted()).toEqual(named(['any', 'kafka']));
    const undisturbed = new Set(quiet.starts.filter(({ before }) => before.length === 0).flatMap(({ crossed }) => [...crossed.keys()].map((point) => point.split(' of ')[0]!)));
    expect(named(['kafka']).filter((name) => !undisturbed.has(name))).toEqual([]);
  });

  it.each([
    [['import.committed', 'transaction.sent of expand', 'transaction.ending of label', 'part.renamed of prm', 'seal.aside']],
    [['task.written of import', 'commit.written of expand', 'transaction.committed of rollout', 'group.joined of label', 'part.kept of sft']],
  ])('that is killed at %s goes on and comes to the same records, ledgers, parts and sealed bytes (law 2)', async (names) => {
    const cases = pointCases(quiet, 'short');
    const trial = await tryUntilReached(deployment, Object.assign({}, ...names.map((name) => caseOf(name, cases).fates)), { quiet: quiet.left });
    same(trial);
    expect(trial.kills).toBeGreaterThanOrEqual(names.length);
  });

  it('goes on by itself when the broker is killed and started again: no process ends', async () => {
    const kafka = await startKafka();
    try { for (const trial of await brokerDies(kafka, quiet, 0.4, 1000).try()) same(trial); } finally { await kafka.stop(); }
  });

  it('takes nothing from a worker that freezes in the middle of a transaction, loses its partitions to another one, and wakes up', async () => {
    const trial = await freezes(inject('kafka'), quiet, 'expand', 'transaction.sent of expand', 3, 2);
    same(trial);
    expect(trial.freezes).toBe(1);
  });

  it('loses and doubles nothing when answers of every kind get lost after the broker has done the work', async () => {
    await withCuttingProxy(async (behind, proxy) => {
      const { trial } = await losing(behind, proxy, quiet, drawnLosses('short'), 2, 'every kind');
      same(trial);
      expect(Object.keys(proxy.lost)).toEqual(expect.arrayContaining(['produce', 'endTransaction', 'initProducerId']));
    });
  });

  it('does not meet another one on the same broker, both under kills', async () => {
    const trials = await Promise.all(['one', 'other'].map((seed) => tryFates(deployment, randomCase(quiet, seed).fates, { quiet: quiet.left })));
    for (const trial of trials) { same(trial); expect(trial.kills).toBeGreaterThan(0); }
  });
});
