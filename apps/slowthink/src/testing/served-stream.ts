// The whole stream in memory against a model server over real HTTP, with the wrappers of a run, up to the sealed data set: what a run wrote, so that two runs can be compared.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBroker } from '@slowthink/broker';
import { composePolicy, systemClock, type Clock } from '@slowthink/models';
import { openaiPolicy } from '@slowthink/models-openai';
import { topics, type FaultRecord, type PartRecord, type QuestionRecord, type Topic } from '@slowthink/records';
import { checkLedgers } from '@slowthink/runtime';
import type { Observer } from '@slowthink/stream';
import { seal, type SealReport } from '@slowthink/tables';
import { checkComplete } from '@slowthink/wiring';
import type { ModelServer } from './model-server.ts';
import { contents, putQuestions, question, startStream } from './stream-in-memory.ts';

/** A hundred times as fast as the machine's: every wait is real, and short. */
export const hurried: Clock = { now: () => systemClock.now() * 100, sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) };

export interface ServedOptions {
  /** Requests a stage has in flight. Default 16. */
  readonly requests?: number;
  readonly timeoutMs?: number;
  readonly attemptsMax?: number;
  readonly giveUpAfterMs?: number;
  /** Of the wrappers: waits between tries and pauses. Default `hurried`. */
  readonly clock?: Clock;
  readonly observer?: Observer;
}

/** What a run wrote, without places and order. */
export interface Written {
  /** With sha256. */
  readonly files: SealReport['files'];
  readonly trees: readonly string[];
  readonly completions: readonly string[];
  readonly faults: readonly FaultRecord[];
}

/** Four choices between A and B. */
const questions: readonly QuestionRecord[] = Array.from({ length: 4 }, (_, index) => question(index, { kind: 'choice', answer: 'AB'[index % 2]!, options: [...'AB'].map((letter) => ({ letter, text: `drug ${letter}` })) }));

/** A log with four questions in it and a folder for its parts. */
export class ServedStream {
  readonly #folder = mkdtempSync(join(tmpdir(), 'slowthink-served-'));
  #broker: MemoryBroker;

  private constructor(broker: MemoryBroker) { this.#broker = broker; }

  static async open(): Promise<ServedStream> {
    const broker = new MemoryBroker();
    await putQuestions(broker, questions, 2);
    return new ServedStream(broker);
  }

  /** One life of the process: until the input has ended, or until the fault that ended it. */
  async run({ port }: ModelServer, { requests = 16, timeoutMs = 20_000, attemptsMax = 6, giveUpAfterMs, clock = hurried, observer }: ServedOptions = {}): Promise<void> {
    const watched = observer === undefined ? {} : { observer };
    const server = openaiPolicy({ url: `http://127.0.0.1:${port}`, model: 'hash', timeoutMs });
    const policy = composePolicy(server, { inFlightMax: requests, attemptsMax, clock, ...watched, ...(giveUpAfterMs === undefined ? {} : { giveUpAfterMs }) });
    try {
      const broker = this.#broker = await this.#broker.reopen();
      checkLedgers(await (await startStream({ broker, policy, partsFolder: join(this.#folder, 'parts'), requests, ...watched })).over);
      await checkComplete(broker);
    } finally { await policy.close(); }
  }

  async written(): Promise<Written> {
    const records = async <Value>(topic: Topic): Promise<Value[]> => (await contents(this.#broker, topic)).map((text) => JSON.parse(text) as Value);
    const { files } = await seal({ folder: join(this.#folder, 'parts'), parts: await records<PartRecord>(topics.parts), out: join(this.#folder, 'dataset'), format: 'parquet', allowBenchmark: false, name: 'served', settings: {} });
    return { files, trees: await contents(this.#broker, topics.trees), completions: await contents(this.#broker, topics.completions), faults: await records<FaultRecord>(topics.faults) };
  }

  close(): void { rmSync(this.#folder, { recursive: true, force: true }); }
}

/** A run from the first question to the sealed data set. */
export async function servedRun(server: ModelServer, options: ServedOptions = {}): Promise<Written> {
  const stream = await ServedStream.open();
  try {
    await stream.run(server, options);
    return await stream.written();
  } finally { stream.close(); }
}
