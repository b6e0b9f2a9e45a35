import { bindStage } from '@slowthink/runtime';
import { Credits } from '@slowthink/stream';
import { stageProcess } from '@slowthink/wiring';
import { rollout } from './stage.ts';

/** rollout in a process: as many nodes at once as requests may be in flight. */
export const rolloutProcess = stageProcess({
  name: rollout.name,
  needsPolicy: true,
  setup: ({ policy, verifier, settings }) => bindStage({ stage: rollout, deps: { policy: policy!, verifier }, credits: { requests: new Credits(settings['models.inFlight']) }, calls: ['requests'] }),
});
