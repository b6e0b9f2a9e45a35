// Files -> topic questions. Each file is a batch: its rows, then an `end` a partition. Resumable: progress is committed with the rows.
import type { Broker, NewRecord, Task } from '@slowthink/broker';
import { openIdIndex, readCorpus, textHashOf, type CorpusItem, type CorpusRequest, type IdIndex } from '@slowthink/corpus';
import { FaultError } from '@slowthink/faults';
import { encodeRecord, hashId, partitionOf, topics, type FaultRecord, type QuestionRecord } from '@slowthink/records';
import { emptyLedger, settleInLedger, type LedgerCounts, type Observer } from '@slowthink/stream';
import { readTopic } from './read-topic.ts';

export interface ImportReport {
  readonly files: readonly { readonly path: string; readonly dataset: string; readonly split: string; readonly role: string; readonly manifest?: string; readonly questions: number; readonly faults: number; readonly known: number }[];
  /** Over all imports of this folder. */
  readonly ledger: LedgerCounts;
}

export interface ImportOptions {
  readonly broker: Broker;
  readonly corpus: CorpusRequest;
  /** Questions to take at most, in file order. */
  readonly limit: number;
  readonly observer: Observer;
  readonly signal?: AbortSignal;
}

interface Batch { readonly items: number; readonly done: boolean }

const itemsPerCommit = 500;

/**
 * Writes every question once, whatever was imported or killed before; what a file holds that is no question goes to `faults`. A question whose id and text were imported
 * earlier is passed over; one with a known id and another text is QUESTION_DUPLICATE. Throws the faults of readCorpus that make the whole command wrong.
 */
export async function importQuestions({ broker, corpus, limit, observer, signal }: ImportOptions): Promise<ImportReport> {
  const task = await broker.claim('import', 0);
  const partitions = (await broker.ranges(topics.questions.name)).length;
  const known = openIdIndex();
  try {
    for await (const { stored, value } of readTopic<QuestionRecord>(broker, topics.questions, 'question')) if (value.attempt === 1) known.add(value.id, textHashOf(value.prompt.text), `${stored.topic}/${stored.partition}/${stored.offset}`);
    const run = new ImportRun(task, partitions, known, observer);
    let left = limit;
    for await (const item of readCorpus(corpus)) {
      if (signal?.aborted) break;
      if (item.kind === 'file') { await run.endFile(); if (left === 0) break; run.startFile(item, hashId('batch', item.sha256, item.dataset, item.split, item.role, corpus.mapping ?? null, Number.isFinite(left) ? left : 'all')); continue; }
      if (item.kind === 'warning') { observer({ kind: 'note', level: 'warn', message: item.message }); continue; }
      await run.take(item);
      if (item.kind === 'question' && --left === 0) break;
    }
    if (signal?.aborted) await run.commit(); else await run.endFile();
    return run.report();
  } finally {
    known.close();
    await task.release();
  }
}

type Taken = Extract<CorpusItem, { kind: 'question' | 'fault' }>;

class ImportRun {
  readonly #task: Task;
  readonly #known: IdIndex;
  readonly #observer: Observer;
  readonly #counts: number[];
  readonly #files: { path: string; dataset: string; split: string; role: string; manifest?: string; questions: number; faults: number; known: number }[] = [];
  #batches: { [id: string]: Batch };
  #ledger: LedgerCounts;
  #outputs: NewRecord[] = [];
  #pending = 0; // questions among the outputs
  #batch: string | undefined;
  #items = 0;

  constructor(task: Task, partitions: number, known: IdIndex, observer: Observer) {
    this.#task = task;
    this.#known = known;
    this.#observer = observer;
    this.#counts = Array.from({ length: partitions }, () => 0);
    this.#batches = { ...(task.progress?.notes['batches'] as { [id: string]: Batch } | undefined) };
    this.#ledger = task.progress?.ledger ?? emptyLedger;
  }

  startFile({ path, dataset, split, role, manifest }: Extract<CorpusItem, { kind: 'file' }>, batch: string): void {
    this.#batch = batch;
    this.#items = 0;
    this.#counts.fill(0);
    this.#files.push({ path, dataset, split, role, ...(manifest === undefined ? {} : { manifest }), questions: 0, faults: 0, known: 0 });
  }

  async take(item: Taken): Promise<void> {
    const file = this.#files.at(-1)!;
    const before = this.#batches[this.#batch!];
    const fresh = this.#items++ >= (before?.items ?? 0) && !before?.done;
    if (item.kind === 'fault') {
      file.faults++;
      if (fresh) this.#fault(item.fault, item);
    } else {
      const { question, place } = item;
      const partition = partitionOf(question.id, this.#counts.length);
      const seen = fresh ? this.#known.add(question.id, textHashOf(question.prompt.text), place) : { seen: 'new' as const };
      if (seen.seen === 'same id') {
        file.known++;
        if (seen.sameText) this.#ledger = settleInLedger(this.#ledger, 'dropped');
        else this.#fault(new FaultError('QUESTION_DUPLICATE', `The question id ${question.id} was imported before, with another text.`), { key: question.id, place });
      } else {
        file.questions++;
        this.#counts[partition]!++;
        if (fresh) {
          this.#outputs.push({ topic: topics.questions.name, partition, key: question.id, value: encodeRecord(question) });
          this.#ledger = settleInLedger(this.#ledger, 'ok');
          this.#pending++;
        }
      }
    }
    if (this.#outputs.length >= itemsPerCommit) await this.commit();
  }

  /** Ends the batch in every partition; a batch that was ended before is left as it is. */
  async endFile(): Promise<void> {
    const batch = this.#batch;
    if (batch === undefined) return;
    if (!this.#batches[batch]?.done) {
      for (const [partition, count] of this.#counts.entries()) this.#outputs.push({ topic: topics.questions.name, partition, key: `end/${batch}`, value: encodeRecord({ type: 'end', v: 1, batch, count }) });
      await this.commit(true);
    }
    this.#batch = undefined;
  }

  async commit(done = false): Promise<void> {
    if (this.#batch === undefined || this.#batches[this.#batch]?.done) return;
    this.#batches = { ...this.#batches, [this.#batch]: { items: this.#items, done } };
    await this.#task.commit({ outputs: this.#outputs, progress: { type: 'progress', v: 1, stage: 'import', partition: 0, positions: {}, restore: {}, ledger: this.#ledger, notes: { batches: this.#batches } } });
    if (this.#pending > 0) this.#observer({ kind: 'import', questions: this.#pending });
    this.#outputs = [];
    this.#pending = 0;
  }

  report(): ImportReport { return { files: this.#files, ledger: this.#ledger }; }

  #fault(fault: FaultError, { key, place, original }: { readonly key: string; readonly place: string; readonly original?: FaultRecord['original'] }): void {
    const record: FaultRecord = { type: 'fault', v: 1, code: fault.code, blame: fault.blame, retry: fault.retry, stage: 'import', message: fault.message, hint: fault.hint, key, place, ...(original ? { original } : {}) };
    this.#outputs.push({ topic: topics.faults.name, partition: partitionOf(key, this.#counts.length), key, value: encodeRecord(record) });
    this.#ledger = settleInLedger(this.#ledger, 'failed');
    this.#observer({ kind: 'fault', stage: 'import', code: fault.code, message: `${place}: ${fault.message}` });
  }
}
