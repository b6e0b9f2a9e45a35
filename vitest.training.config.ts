import { defineConfig } from 'vitest/config';

// Tests against real PyTorch: npm run test:serve-scorer, .ci/training. Never part of npm test, which needs Node and npm only.
export default defineConfig({
  test: {
    include: ['libs/*/src/**/*.training-test.ts', 'apps/*/src/**/*.training-test.ts', 'tools/**/*.training-test.ts'],
    testTimeout: 300_000,
    hookTimeout: 600_000,
    fileParallelism: false,
    reporters: ['default', './tools/checks/plain-reporter.ts'],
  },
});
