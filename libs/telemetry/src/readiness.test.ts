import type { StageState } from '@slowthink/stream';
import { expect, it } from 'vitest';
import { createReadiness } from './readiness.ts';

const stage = (name: string, lifecycle: StageState['lifecycle'], running = 2, partitions = 2): StageState => ({ name, lifecycle, partitions, running, treesOpen: 0 });

function readinessOf(...states: readonly StageState[]) {
  const clock = { nowMs: 0 };
  const readiness = createReadiness({ now: () => clock.nowMs });
  if (states.length > 0) readiness.follow(() => states);
  return { clock, ...readiness };
}

it('waits for the start until there are stages', () => {
  expect(readinessOf().report()).toMatchObject({ ready: false, state: 'starting', waitsFor: [{ of: 'start' }], stages: [] });
});

it('is ready when every stage runs, also one without a partition', () => {
  const stages = [stage('expand', 'running'), stage('rollout', 'running', 0, 0)];
  expect(readinessOf(...stages).report()).toEqual({ ready: true, state: 'running', waitsFor: [], stages });
});

it('names each stage that still starts, with its partitions', () => {
  expect(readinessOf(stage('expand', 'running'), stage('rollout', 'starting', 1), stage('label', 'starting', 0, 0)).report()).toMatchObject({
    ready: false, state: 'starting', waitsFor: [{ of: 'stage rollout', why: '1 of 2 partitions run.' }, { of: 'stage label', why: 'It has no partition yet.' }],
  });
});

it('names everybody who is waited for, with code, hint and time, and never the message', () => {
  const { clock, observer, report, paused } = readinessOf(stage('rollout', 'running'));
  observer({ kind: 'paused', of: 'policy', code: 'MODEL_OVERLOADED', message: 'http://10.0.0.7 said: "Patient 7"', retryInMs: 1000 });
  clock.nowMs = 4000;
  observer({ kind: 'paused', of: 'policy', code: 'MODEL_UNREACHABLE', message: 'http://10.0.0.7 refused', retryInMs: 8000 });
  observer({ kind: 'paused', of: 'log', code: 'DISK_FULL', message: '/data is full', retryInMs: 1000 });
  clock.nowMs = 7000;
  expect(report()).toEqual({
    ready: false, state: 'paused', stages: [stage('rollout', 'running')], waitsFor: [
      { of: 'policy', code: 'MODEL_UNREACHABLE', why: 'Start the model server, or correct the address in --policy.', forSeconds: 7, retryInSeconds: 5 },
      { of: 'log', code: 'DISK_FULL', why: 'Free some space; the run goes on by itself.', forSeconds: 3, retryInSeconds: 0 },
    ],
  });
  expect([...paused()]).toEqual(['policy', 'log']);
  observer({ kind: 'resumed', of: 'policy', afterMs: 7000 });
  expect(report()).toMatchObject({ ready: false, waitsFor: [{ of: 'log' }] });
  observer({ kind: 'resumed', of: 'log', afterMs: 3000 });
  expect(report()).toMatchObject({ ready: true, state: 'running' });
});

it('is not ready while it drains, and when all is over', () => {
  expect(readinessOf(stage('expand', 'stopped', 0), stage('rollout', 'draining', 0)).report()).toMatchObject({ ready: false, state: 'draining', waitsFor: [{ of: 'end' }] });
  expect(readinessOf(stage('expand', 'stopped', 0), stage('rollout', 'stopped', 0)).report()).toMatchObject({ ready: false, state: 'ending', waitsFor: [{ of: 'end' }] });
});
