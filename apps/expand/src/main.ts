// expand alone, as a process: the same as "slowthink run expand".
import { stageMain } from '@slowthink/wiring';
import { expandProcess } from './setup.ts';

await stageMain(expandProcess);
