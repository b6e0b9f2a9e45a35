import { describe, expect, it } from 'vitest';
import { playSeeds } from './play-seeds.ts';

const seeds = 10_000;

describe('the simulation', () => {
  it(`finds every law kept by ${seeds} seeds`, async () => {
    const { failures, virtualHours, happened } = await playSeeds(seeds, 'npm run test:long -- apps/slowthink/src/simulation', (seed, failed) => { if (seed % 500 === 0) console.log(`${seed} of ${seeds} seeds, ${failed} failed`); });
    console.log(`${virtualHours.toFixed(0)} hours of virtual time; ${[...happened].map(([what, times]) => `${what}: ${times}`).join(', ')}`);
    expect(failures.join('\n\n')).toBe('');
  }, 3_600_000);
});
