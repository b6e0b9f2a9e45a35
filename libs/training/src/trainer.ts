import type { TrainingJob, TrainingManifest } from '@slowthink/records';

/** What a training says of itself while it runs, out of OUT/progress.json; the file is replaced whole. */
export interface TrainingProgress {
  readonly phase: 'loading' | 'training' | 'exporting' | 'done';
  readonly step: number; // updates done
  readonly steps: number; // updates planned
  readonly loss: number | null; // mean since the last report
  readonly tokensPerSecond: number | null;
  readonly secondsLeft: number | null;
}

export interface TrainingWatch {
  /** Asks the training to write a checkpoint and end; the same job goes on from it. */
  readonly signal: AbortSignal;
  /** OUT is for this job alone: the results or the checkpoint of another one, and what has a manifest that is not true, are renamed (OUT.1, OUT.2, …), and the training begins anew. Else they are refused. */
  readonly makeRoom?: boolean;
  onProgress?(progress: TrainingProgress): void;
}

/**
 * Who trains: a Python on this machine, or a command of a cluster. A job that was stopped or killed is given again unchanged and goes on; one that has a manifest is not trained again.
 * The manifest is believed only where the files say the same: task, settings, base, data and the hash of the model are computed again (TRAINER_LIED).
 * TRAINER_MISSING (no Python, wrong version, no command), TRAINER_FAILED (with what it wrote into OUT/error.json), TRAINER_LIED, DATASET_EMPTY, DISK_FULL.
 */
export interface Trainer {
  readonly name: string; // as the setting names it
  /** Says what would train, before anything is asked of it: "Python 3.11.7, torch 2.15.0". TRAINER_MISSING. */
  check(signal: AbortSignal): Promise<string>;
  /** Refuses hyper-parameters that it does not know, before there is a job; a trainer that is not of this checkout knows its own. SETTING_UNKNOWN, SETTING_INVALID. */
  checkSettings(task: TrainingJob['task'], settings: TrainingJob['settings']): void;
  train(job: TrainingJob, watch: TrainingWatch): Promise<TrainingManifest>;
}
