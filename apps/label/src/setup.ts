import { bindStage } from '@slowthink/runtime';
import { stageProcess } from '@slowthink/wiring';
import { label } from './stage.ts';

/** label in a process: pure, so it needs the label recipe and nothing else. */
export const labelProcess = stageProcess({ name: label.name, needsPolicy: false, setup: ({ run }) => bindStage({ stage: label, deps: { labels: run.labels }, credits: {}, calls: [] }) });
