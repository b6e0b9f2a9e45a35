// judge alone, as a process: what "slowthink evaluate judge" runs.
import { stageMain } from '@slowthink/wiring';
import { judgeProcess } from './setup.ts';

await stageMain(judgeProcess);
