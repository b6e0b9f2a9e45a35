export type { Trainer, TrainingProgress, TrainingWatch } from './trainer.ts';
export { trainerForm, type TrainerOptions } from './trainer-form.ts';
export { modelHash } from './model-hash.ts';
export { dataHash, kindOf, type DataKind } from './data-hash.ts';
export { writeJob } from './job-file.ts';
export { readManifest } from './read-manifest.ts';
export { checkManifest, differenceFromJob, hashJob, type JobHashes } from './check-manifest.ts';
export { readProgress } from './read-progress.ts';
