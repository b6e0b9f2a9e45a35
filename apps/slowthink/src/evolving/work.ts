// What each step is: the command that does it, what it uses, what it makes. A command is one that a person could type; a training is a job for the trainer.
import type { DoneRecord, Hashes } from '@slowthink/evolution';
import { FaultError } from '@slowthink/faults';
import type { TrainingJob } from '@slowthink/records';
import { withoutCredentials } from '@slowthink/wiring';
import { policyOf, type Evolution, type ModelPlace } from './evolution.ts';
import type { CommandWatch } from './run-command.ts';

export interface StepWatch extends CommandWatch {
  onTraining(progress: { readonly phase: string; readonly step: number; readonly steps: number; readonly loss: number | null; readonly tokensPerSecond: number | null; readonly secondsLeft: number | null }): void;
}

/** What a step came to. */
export interface Outcome {
  /** Stopped before its end: the same step goes on later. */
  readonly drained: boolean;
  readonly requests: number;
  readonly tokens: number;
  /** The same of all attempts, as a log has it, which outlives a process that was killed before it could say its own. */
  readonly logged?: { readonly requests: number; readonly tokens: number };
  readonly skipped: string | null;
  /** Of all attempts, where who did it counted them; a killed attempt is in it. */
  readonly seconds?: number;
  readonly facts: DoneRecord['facts'];
}

export interface Work {
  readonly command: readonly string[];
  readonly used: Hashes;
  readonly makes: readonly string[]; // names, as the records have them
  readonly units: number;
  readonly job: TrainingJob | null;
  perform(watch: StepWatch): Promise<Outcome>;
}

/** What is done, by step. */
export type Done = ReadonlyMap<string, DoneRecord>;

/** How the policy and the scorer of a round are named to a command; asked when a step needs them, since a server may have to be told first. */
export interface Names { policy(round: number, signal: AbortSignal): Promise<string>; scorer(round: number, signal: AbortSignal): Promise<string> }

/** Done, and nothing more to say. */
export const whole = { drained: false, requests: 0, tokens: 0, skipped: null, facts: {} } as const;

export const nameAndHash = ({ name, sha256 }: ModelPlace): Hashes => ({ [name]: sha256 });

/** A policy that has files here by their hash; the base by its own, under the name that it is asked by. */
export const usedPolicy = (evolution: Evolution, done: Done, round: number, policy: string): Hashes => (round === 0 ? { 'base policy': withoutCredentials(policy), base: evolution.base.sha256 } : nameAndHash(policyOf(evolution, done, round)));

/** What a done step made under this name. EVOLVE_MIXED: none did. */
export function hashOf(done: Done, name: string): string {
  for (const { made } of done.values()) if (made[name] !== undefined) return made[name];
  throw new FaultError('EVOLVE_MIXED', `No record says what ${name} is.`);
}

/** What to do about a round that taught nothing. */
export const mend = 'A stronger base, easier questions or more of them give chains to learn from: begin anew with another --dir.';
