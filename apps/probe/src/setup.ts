import { bindStage } from '@slowthink/runtime';
import { Credits } from '@slowthink/stream';
import { flows, stageProcess } from '@slowthink/wiring';
import { probe } from './stage.ts';

/** probe in a process: as many questions at once as requests may be in flight. */
export const probeProcess = stageProcess({
  name: probe.name,
  needsPolicy: true,
  flow: flows.curriculum,
  setup: ({ policy, verifier, run, search, settings }) => bindStage({
    stage: probe,
    deps: { policy: policy!, verifier, identity: run.policy, search, samples: settings['curriculum.samples'], seed: settings.seed },
    credits: { requests: new Credits(settings['models.inFlight']) },
    calls: ['requests'],
  }),
});
