// sample alone, as a process: what "slowthink evaluate sample" runs.
import { stageMain } from '@slowthink/wiring';
import { sampleProcess } from './setup.ts';

await stageMain(sampleProcess);
