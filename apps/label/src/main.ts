// label alone, as a process: the same as "slowthink run label".
import { stageMain } from '@slowthink/wiring';
import { labelProcess } from './setup.ts';

await stageMain(labelProcess);
