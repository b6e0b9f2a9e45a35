import { bindStage } from '@slowthink/runtime';
import { Credits } from '@slowthink/stream';
import { flows, stageProcess, type Resources } from '@slowthink/wiring';
import { judge } from './judge.ts';
import { sample } from './sample.ts';

const itemsMax = 32; // judged at once: each holds all its candidates

/** sample in a process: as many items at once as requests may be in flight. */
export const sampleProcess = stageProcess({
  name: sample.name,
  needsPolicy: true,
  judges: false,
  flow: flows.evaluation,
  setup: ({ policy, run, search, settings }) => bindStage({
    stage: sample,
    deps: { policy: policy!, identity: run.policy, search, sampling: samplingOf({ search, settings }), samples: settings['evaluate.samples'], greedy: settings['evaluate.greedy'], seed: settings.seed, judged: run.grader !== 'rules' },
    credits: { requests: new Credits(settings['models.inFlight']) },
    calls: ['requests'],
  }),
});

/** judge in a process. */
export const judgeProcess = stageProcess({
  name: judge.name,
  needsPolicy: false,
  judges: true,
  needsScorer: () => true,
  flow: flows.evaluation,
  setup: ({ scorer, verifier, run, search }) => bindStage({
    stage: judge,
    deps: { scorer: scorer === undefined ? undefined : { port: scorer, identity: run.scorer! }, verifier, grader: run.grader, stepping: search.stepping },
    credits: { items: new Credits(itemsMax) },
    calls: ['items'],
  }),
});

/** The rollouts of the recipe, with what the evaluation says instead. */
const samplingOf = ({ search: { rollout }, settings }: Pick<Resources, 'search' | 'settings'>): Resources['search']['rollout'] => ({
  ...rollout, temperature: settings['evaluate.temperature'], topP: settings['evaluate.topP'], maxTokens: settings['evaluate.tokens'] ?? rollout.maxTokens,
});
