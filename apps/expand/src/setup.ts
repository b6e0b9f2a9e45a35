import { bindStage } from '@slowthink/runtime';
import { Credits } from '@slowthink/stream';
import { stageProcess } from '@slowthink/wiring';
import { expand } from './stage.ts';

/** expand in a process: as many open trees and requests as the settings allow. */
export const expandProcess = stageProcess({
  name: expand.name,
  needsPolicy: true,
  setup: ({ policy, verifier, run, search, settings }) => bindStage({
    stage: expand,
    deps: { policy: policy!, verifier, identity: run.policy, search, run: run.run, settingsHash: run.settingsHash, seed: settings.seed, snapshotRecords: settings['stream.snapshotRecords'] },
    credits: { trees: new Credits(settings['stream.trees']), requests: new Credits(settings['models.inFlight']) },
    calls: ['requests'],
  }),
});
