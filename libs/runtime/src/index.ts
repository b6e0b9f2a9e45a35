export { bindStage, runStages, checkLedgers, type RunOptions, type RunningStages, type StageReport, type StageSetup } from './run-stages.ts';
export { PartitionRun, type Lifecycle, type PartitionOptions } from './partition-run.ts';
export { CommitQueue, type CommitSettings } from './commit-queue.ts';
export { patiently, type PatienceOptions } from './patiently.ts';
export { lagAdmission, readLag, type AdmissionOptions, type Consumer } from './admission.ts';
export { applyRetention, keepRetention, type RetentionKeeper, type RetentionOptions } from './retention.ts';
