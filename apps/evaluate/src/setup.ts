import { exactMatch } from '@slowthink/answers';
import { FaultError } from '@slowthink/faults';
import { bindStage } from '@slowthink/runtime';
import { Credits, eventLoopTurns } from '@slowthink/stream';
import { flows, isRecorded, stageProcess, type Resources } from '@slowthink/wiring';
import { decodeForm } from '@slowthink/beam-search';
import type { BeamDeps } from './beam-item.ts';
import { judge } from './judge.ts';
import { sample } from './sample.ts';

const itemsMax = 32; // judged at once: each holds all its candidates

/** sample in a process: as many items at once as requests may be in flight. */
export const sampleProcess = stageProcess({
  name: sample.name,
  main: 'apps/evaluate/src/sample.main.ts',
  needsPolicy: true,
  judges: false,
  needsScorer: (settings) => !isRecorded(settings.policy) && decodeForm(settings['evaluate.decode'], settings['evaluate.samples']).kind === 'beam',
  flow: flows.evaluation,
  setup: ({ policy, scorer, recording, run, search, settings }) => bindStage({
    stage: sample,
    deps: { policy: policy!, identity: run.policy, search, sampling: samplingOf({ search, settings }), samples: settings['evaluate.samples'], greedy: settings['evaluate.greedy'], seed: settings.seed, judged: run.grader !== 'rules', recording, beam: recording === undefined ? beamOf({ scorer, search, settings }) : undefined },
    credits: { requests: new Credits(settings['models.inFlight']) },
    calls: ['requests'],
  }),
});

/** judge in a process. */
export const judgeProcess = stageProcess({
  name: judge.name,
  main: 'apps/evaluate/src/judge.main.ts',
  needsPolicy: false,
  judges: true,
  needsScorer: () => true,
  flow: flows.evaluation,
  setup: ({ scorer, verifier, run, search, settings }) => bindStage({
    stage: judge,
    deps: { scorer: scorer === undefined ? undefined : { port: scorer, identity: run.scorer! }, verifier, grader: run.grader, stepping: search.stepping, turn: eventLoopTurns(), exact: settings['evaluate.graderToo'] === 'medsss' ? (text, { gold }) => exactMatch(text, gold) : undefined },
    credits: { items: new Credits(itemsMax) },
    calls: ['items'],
  }),
});

/** The rollouts of the recipe, with what the evaluation says instead. */
const samplingOf = ({ search: { rollout }, settings }: Pick<Resources, 'search' | 'settings'>): Resources['search']['rollout'] => ({
  ...rollout, temperature: settings['evaluate.temperature'], topP: settings['evaluate.topP'], maxTokens: settings['evaluate.tokens'] ?? rollout.maxTokens,
});

const beamStepsMax = 24; // where the recipe has no limit of depth: what lives then is finished by force

/** The search of --decode beam:W; undefined for independent samples. SETTING_INVALID without a scorer. */
function beamOf({ scorer, search: { depthMax, step }, settings }: Pick<Resources, 'scorer' | 'search' | 'settings'>): BeamDeps | undefined {
  const form = decodeForm(settings['evaluate.decode'], settings['evaluate.samples']);
  if (form.kind === 'sample') return undefined;
  if (scorer === undefined) throw new FaultError('SETTING_INVALID', `--decode ${settings['evaluate.decode']} is steered by step values, and no step scorer is named.`, { hint: 'Name one with --scorer, or take --decode sample.' });
  return { scorer, width: form.width, reduce: form.reduce, decode: settings['evaluate.decode'], stepsMax: depthMax ?? beamStepsMax, stepTokensMax: step.maxTokens };
}
