// What stands in steps/: one record before a step starts, one when it has ended. Written whole or not at all, so that whatever moment a process dies at, the two say how far it came.
import type { TrainingJob } from '@slowthink/records';

/** What was used or made, by name: a path in the folder of the evolution, or what lies outside ("base", "dev items"). sha256, or, for what has no files here, the name it was asked under. */
export interface Hashes { readonly [name: string]: string }

/** Time of the clock, requests to models, prompt and generated tokens (those seen, of a training). */
export interface Effort { readonly seconds: number; readonly requests: number; readonly tokens: number }

/** steps/ID.begun.json */
export interface BegunRecord {
  readonly v: 1;
  readonly step: string;
  /** What a person would type to do the same. */
  readonly command: readonly string[];
  readonly used: Hashes;
  /** The job of a training. */
  readonly job: TrainingJob | null;
  /** What earlier attempts took that were stopped and drained; what a killed one took, nobody knows. */
  readonly earlier: Effort;
}

/** steps/ID.done.json */
export interface DoneRecord extends Effort {
  readonly v: 1;
  readonly step: string;
  readonly made: Hashes;
  readonly units: number; // questions, rows or candidates it was about: what a later estimate divides by
  /** Why there was nothing to do; null: it was done. */
  readonly skipped: string | null;
  /** Counts a reader may want: rows, kept questions, loss. */
  readonly facts: { readonly [name: string]: number | string | null };
}
