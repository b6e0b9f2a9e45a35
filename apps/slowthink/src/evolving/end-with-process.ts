import { join } from 'node:path';
import { killLeftProcess } from '@slowthink/programs';

/**
 * Runs some training, and takes the trainer of `out` along where this process ends at once by a second Ctrl-C: its group is its own, and would go on. After kill -9 nobody is left to do that; the next start ends it then.
 */
export async function endWithProcess<Result>(out: string, train: () => Promise<Result>): Promise<Result> {
  const end = (): void => killLeftProcess(join(out, 'process.json'));
  process.once('exit', end);
  try { return await train(); } finally { process.off('exit', end); }
}
