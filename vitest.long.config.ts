import { defineConfig } from 'vitest/config';

// npm run test:long: laws on more than npm test has time for. Published question files are taken from SLOWTHINK_MEDICAL_DATA, where they are at hand.
export default defineConfig({
  test: {
    include: ['libs/*/src/**/*.long-test.ts', 'apps/*/src/**/*.long-test.ts', 'tools/**/*.long-test.ts'],
    testTimeout: 1_200_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    setupFiles: ['./tools/checks/property-seed.ts'],
    reporters: ['default', './tools/checks/plain-reporter.ts'],
  },
});
