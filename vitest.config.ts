import { defineConfig } from 'vitest/config';

// npm test: everything that needs Node and npm only.
export default defineConfig({
  test: {
    include: ['libs/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'tools/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    setupFiles: ['./tools/checks/property-seed.ts'],
    reporters: ['default', './tools/checks/plain-reporter.ts'],
  },
});
