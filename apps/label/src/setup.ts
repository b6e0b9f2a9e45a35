import { bindStage } from '@slowthink/runtime';
import { stageProcess } from '@slowthink/wiring';
import { label } from './stage.ts';

/** label in a process: pure, so it needs the label settings and nothing else. */
export const labelProcess = stageProcess({ name: label.name, needsPolicy: false, setup: ({ labels }) => bindStage({ stage: label, deps: { labels: labels! }, credits: {}, calls: [] }) });
