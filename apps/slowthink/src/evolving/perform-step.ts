import type { BegunRecord, DoneRecord, Hashes, Step } from '@slowthink/evolution';
import { FaultError } from '@slowthink/faults';
import type { EvolutionFolder } from './evolution-folder.ts';
import { hashOfPath } from './hash-of-path.ts';
import type { StepWatch, Work } from './work.ts';

/**
 * Does a step between its two records: what it uses is written before it begins, what it made when it has ended. Gives the record of what is done; undefined where it was stopped and drained, and its time is kept.
 * The models of a step whose record was never written are found again by the step itself: each goes on where it was, or finds that it is done.
 */
export async function performStep(step: Step, work: Work, folder: EvolutionFolder, before: BegunRecord | undefined, watch: StepWatch): Promise<DoneRecord | undefined> {
  const begun: BegunRecord = { v: 1, step: step.id, command: work.command, used: work.used, job: work.job, earlier: before?.earlier ?? { seconds: 0, requests: 0, tokens: 0 } };
  await folder.writeBegun(begun);
  const from = performance.now();
  const { drained, requests, tokens, logged = { requests: 0, tokens: 0 }, skipped, facts, seconds = 0 } = await work.perform(watch);
  const effort = { seconds: Math.max(begun.earlier.seconds + Math.round((performance.now() - from) / 100) / 10, Math.round(seconds * 10) / 10), requests: Math.max(begun.earlier.requests + requests, logged.requests), tokens: step.name === 'dev' && !drained ? tokens : Math.max(begun.earlier.tokens + tokens, logged.tokens) };
  if (drained) {
    await folder.writeBegun({ ...begun, earlier: effort });
    return undefined;
  }
  const made: { [name: string]: string } = {};
  for (const name of skipped === null ? work.makes : []) {
    const sha256 = await hashOfPath(folder.path(name));
    if (sha256 !== undefined) made[name] = sha256;
    else if (name === work.makes[0]) throw new FaultError('EVOLVE_STEP_FAILED', `The step ${step.id} ended well and did not make ${folder.path(name)}.`);
  }
  const record: DoneRecord = { v: 1, step: step.id, made, ...effort, units: work.units, skipped, facts };
  await folder.writeDone(record);
  return record;
}

/** Hashes that what is done has at present, by name. */
export async function hashesNow(folder: EvolutionFolder, done: ReadonlyMap<string, DoneRecord>): Promise<{ readonly [name: string]: string | undefined }> {
  const now: { [name: string]: string | undefined } = {};
  for (const { made } of done.values()) for (const name of Object.keys(made satisfies Hashes)) now[name] = await hashOfPath(folder.path(name));
  return now;
}

