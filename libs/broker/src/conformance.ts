// The port's contract as tests. Every adapter's test file calls `brokerConformance`; what passes it may stand behind any stage.
import { afterEach, beforeEach, describe } from 'vitest';
import type { Broker } from './broker.ts';
import { commitSuite } from './conformance/commits.ts';
import { readerSuite } from './conformance/readers.ts';
import { sampleTopics } from './conformance/sample.ts';
import { taskSuite } from './conformance/tasks.ts';
import { topicSuite } from './conformance/topics.ts';

/** One broker on an empty log. */
export interface OpenedBroker {
  readonly broker: Broker;
  /** Closes `broker` and opens another on the same log, as a restart does; without it the restart tests are left out. */
  reopen?(): Promise<Broker>;
  /** Closes whatever is open and removes the log. */
  close(): Promise<void>;
}

/** What a suite's tests ask for: the broker of this test, its topics `questions`, `rollouts` (4 partitions) and `one` (1) made. */
export interface Trial {
  readonly broker: Broker;
  readonly reopen: (() => Promise<Broker>) | undefined;
}

/** Declares the whole suite for one adapter; `open` is called before each test. Holes between offsets are tolerated everywhere. */
export function brokerConformance(name: string, open: () => Promise<OpenedBroker>): void {
  describe(`broker: ${name}`, () => {
    let opened: OpenedBroker;
    beforeEach(async () => {
      opened = await open();
      await opened.broker.ensureTopics(sampleTopics);
    });
    afterEach(() => opened.close());
    const trial = (): Trial => ({ broker: opened.broker, reopen: opened.reopen?.bind(opened) });
    topicSuite(trial);
    commitSuite(trial);
    readerSuite(trial);
    taskSuite(trial);
  });
}
