import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { playSeeds, type Played } from './play-seeds.ts';

const seeds = 10_000;
const aProcess = 1000; // seeds; what a simulated process held when it died stays in the memory of the real one
const processes = 2;
const run = promisify(execFile);

/** The seeds from `from` on, as many as a process plays, in one of its own. */
async function playInProcess(from: number): Promise<Omit<Played, 'happened'> & { readonly happened: readonly (readonly [string, number])[] }> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'play-range.ts'), String(from), String(from + aProcess - 1)], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Awaited<ReturnType<typeof playInProcess>>;
}

describe('the simulation', () => {
  it(`finds every law kept by ${seeds} seeds`, async () => {
    if (process.env['SLOWTHINK_SIMULATION_SEED'] !== undefined) { expect((await playSeeds(1, 'npm run test:long -- apps/slowthink/src/simulation')).failures.join('\n\n')).toBe(''); return; }
    const starts = Array.from({ length: seeds / aProcess }, (_, index) => 1 + index * aProcess);
    const failures: string[] = [];
    let played = 0;
    await Promise.all(Array.from({ length: processes }, async () => {
      for (let from = starts.shift(); from !== undefined; from = starts.shift()) {
        const range = await playInProcess(from);
        failures.push(...range.failures);
        played += range.seeds;
        console.log(`${played} of ${seeds} seeds, ${failures.length} failed; ${range.virtualHours.toFixed(0)} hours of virtual time; ${range.happened.map(([what, times]) => `${what}: ${times}`).join(', ')}`);
      }
    }));
    expect(failures.join('\n\n')).toBe('');
    expect(played).toBe(seeds);
  }, 3_600_000);
});
