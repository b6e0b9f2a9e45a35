// probe alone, as a process: what "slowthink curriculum" runs between import and ranking.
import { stageMain } from '@slowthink/wiring';
import { probeProcess } from './setup.ts';

await stageMain(probeProcess);
