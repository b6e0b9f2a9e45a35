import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs some training, and takes the trainer of `out` along where this process ends at once by a second Ctrl-C: its group is its own, and would go on. After kill -9 nobody is left to do that; the next start ends it then.
 */
export async function endWithProcess<Result>(out: string, train: () => Promise<Result>): Promise<Result> {
  const end = (): void => {
    try {
      const { pid } = JSON.parse(readFileSync(join(out, 'process.json'), 'utf8')) as { readonly pid?: unknown };
      if (typeof pid === 'number' && pid > 1) process.kill(-pid, 'SIGKILL');
    } catch { /* none runs */ }
  };
  process.once('exit', end);
  try { return await train(); } finally { process.off('exit', end); }
}
