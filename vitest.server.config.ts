import { defineConfig } from 'vitest/config';

// npm run test:server: tests against a real model server, which "npm run server" sets up (Python 3).
export default defineConfig({
  test: {
    include: ['libs/*/src/**/*.server-test.ts', 'apps/*/src/**/*.server-test.ts', 'tools/**/*.server-test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    reporters: ['default', './tools/checks/plain-reporter.ts'],
  },
});
