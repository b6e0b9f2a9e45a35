import { defineConfig } from 'vitest/config';

// npm run test:browser: the report in a real browser, Debian's chromium (apt-get install chromium); SLOWTHINK_CHROMIUM names another.
export default defineConfig({
  test: {
    include: ['libs/*/src/**/*.browser-test.ts', 'tools/**/*.browser-test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    reporters: ['default', './tools/checks/plain-reporter.ts'],
  },
});
