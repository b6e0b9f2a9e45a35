// One broker for all suites of a run: inject('kafka') is its address, "127.0.0.1:PORT". Suites keep apart by the names of their topics and groups.
import type { TestProject } from 'vitest/node';
import { startKafka } from './start-kafka.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    kafka: string;
  }
}

export default async function shareBroker(project: TestProject): Promise<() => Promise<void>> {
  const kafka = await startKafka({ say: (line) => console.error(line) });
  project.provide('kafka', kafka.bootstrap);
  return () => kafka.stop();
}
