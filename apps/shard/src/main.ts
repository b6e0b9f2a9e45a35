// shard alone, as a process: the same as "slowthink run shard".
import { stageMain } from '@slowthink/wiring';
import { shardProcess } from './setup.ts';

await stageMain(shardProcess);
