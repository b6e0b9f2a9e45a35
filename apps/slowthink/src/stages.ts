// The stages this program is made of: the only place that knows them all.
import { judge, sample } from '@slowthink/app-evaluate';
import { judgeProcess, sampleProcess } from '@slowthink/app-evaluate/setup';
import { expand } from '@slowthink/app-expand';
import { expandProcess } from '@slowthink/app-expand/setup';
import { label } from '@slowthink/app-label';
import { labelProcess } from '@slowthink/app-label/setup';
import { probe } from '@slowthink/app-probe';
import { probeProcess } from '@slowthink/app-probe/setup';
import { rollout } from '@slowthink/app-rollout';
import { rolloutProcess } from '@slowthink/app-rollout/setup';
import { shard } from '@slowthink/app-shard';
import { shardProcess } from '@slowthink/app-shard/setup';
import type { Stage } from '@slowthink/stream';

/** In the order of the flows: `run`, `curriculum`, `evaluation`. */
export const stages = [expand, rollout, label, shard, probe, sample, judge] as unknown as readonly Stage<never>[];
/** The stages of the flow `run`. */
export const processes = [expandProcess, rolloutProcess, labelProcess, shardProcess] as const;
/** The stages of the flow `curriculum`. */
export const curriculumProcesses = [probeProcess] as const;
export const stageNames: readonly string[] = processes.map(({ name }) => name);
/** The stages of the flow `evaluation`. */
export const evaluationProcesses = [sampleProcess, judgeProcess] as const;
