import { defineConfig } from 'vitest/config';

// npm run test:kafka: tests against a real broker, which "npm run kafka" sets up (Java 17, Maven). One broker serves the whole run; tests that kill a broker start their own.
export default defineConfig({
  test: {
    include: ['libs/*/src/**/*.kafka-test.ts', 'apps/*/src/**/*.kafka-test.ts', 'tools/**/*.kafka-test.ts'],
    globalSetup: ['./tools/kafka/shared-broker.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    setupFiles: ['./tools/checks/property-seed.ts'],
    reporters: ['default', './tools/checks/plain-reporter.ts'],
  },
});
