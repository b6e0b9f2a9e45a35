import { defineConfig } from 'vitest/config';
export default defineConfig({ test: { root: process.cwd(), include: ['libs/*/src/**/*.kafka-test.ts','apps/*/src/**/*.kafka-test.ts'], testTimeout: 60000, hookTimeout: 60000, fileParallelism: false, provide: { kafka: '127.0.0.1:19092' } as never } });
