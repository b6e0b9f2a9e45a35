// The writer's thread: takes every request that waits into one transaction and answers all of them after it has committed.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { FaultError, crossPoint } from '@slowthink/faults';
import { LogStore } from './log-store.ts';
import type { WriteAnswer, WriteRequest, WriterData, WriterMessage } from './requests.ts';

type Asked = readonly [id: number, request: WriteRequest];

const groupCharactersMax = 16 * 2 ** 20; // one transaction takes no more than this and one more request
const port = parentPort!;
const { path, durability } = workerData as WriterData;
const waiting: Asked[] = [];

const charactersOf = (request: WriteRequest): number => request.kind === 'commit' ? request.outputs.reduce((sum, { value }) => sum + value.length, request.progress.length) : 0;

/** The first requests that wait, as many as go into one transaction; those still in the port included. */
function nextGroup(): readonly Asked[] {
  const group: Asked[] = [];
  for (let characters = 0; characters < groupCharactersMax;) {
    const asked = waiting.shift() ?? receiveMessageOnPort(port)?.message as Asked | undefined;
    if (asked === undefined) break;
    group.push(asked);
    characters += charactersOf(asked[1]);
    if (asked[1].kind === 'close') break;
  }
  return group;
}

function work(store: LogStore): void {
  const group = nextGroup();
  if (group.length === 0) return;
  const requests = group.map(([, request]) => request);
  const answers = store.apply(requests);
  const closing = requests.at(-1)!.kind === 'close';
  if (closing) close(store);
  const answered: [number, WriteAnswer][] = [];
  for (const [at, answer] of answers.entries()) {
    const id = group[at]![0];
    if (answer.outcome === 'again') waiting.push([id, answer.rest]); else answered.push([id, answer]);
  }
  port.postMessage({ answers: answered, grown: [...store.grownBy(requests)] } satisfies WriterMessage);
  crossPoint('write.answered');
  if (closing) return port.close();
  if (waiting.length > 0) setImmediate(() => work(store));
}

function close(store: LogStore): void {
  crossPoint('store.closing');
  store.close();
  crossPoint('store.closed');
}

function open(): void {
  let store: LogStore;
  try { store = new LogStore(path, durability); } catch (error) {
    const failed: WriteAnswer = { outcome: 'failed', code: error instanceof FaultError ? error.code : undefined, message: (error as Error).message, ...(error instanceof FaultError ? { hint: error.hint } : {}) };
    port.postMessage({ answers: [[0, failed]], grown: [] } satisfies WriterMessage);
    return port.close();
  }
  port.on('message', (asked: Asked) => { waiting.push(asked); work(store); });
  port.postMessage({ answers: [[0, { outcome: 'done' }]], grown: [] } satisfies WriterMessage);
}

open();
