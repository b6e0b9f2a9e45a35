// rollout alone, as a process: the same as "slowthink run rollout".
import { stageMain } from '@slowthink/wiring';
import { rolloutProcess } from './setup.ts';

await stageMain(rolloutProcess);
