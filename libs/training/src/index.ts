export type { Trainer, TrainingProgress, TrainingWatch } from './trainer.ts';
