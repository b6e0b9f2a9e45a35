// A thread that is ended inside a call of onnxruntime takes the process down: what the call gives back cannot be made any more (Napi::Error, SIGABRT). So whoever ends the process waits at this gate until the thread
// is outside, and the thread does not go in again.
import type { Runtime } from './load-runtime.ts';

/** Shared memory of one gate: [calls under way, 1 once the process is ending]. */
export const newGate = (): SharedArrayBuffer => new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);

const [inside, ending] = [0, 1];

/** Lets no further call in, and blocks until none is under way, at most `ms`. */
export function closeGate(gate: SharedArrayBuffer, ms: number): void {
  const cells = new Int32Array(gate), until = performance.now() + ms;
  Atomics.store(cells, ending, 1);
  for (let calls = Atomics.load(cells, inside); calls > 0 && performance.now() < until; calls = Atomics.load(cells, inside)) Atomics.wait(cells, inside, calls, until - performance.now());
}

/** Makes every opening and every pass of this thread go through the gate. Once per thread: the runtime's own class is changed. */
export function passThrough({ InferenceSession }: Runtime, gate: SharedArrayBuffer): void {
  const cells = new Int32Array(gate);
  const leave = () => { Atomics.sub(cells, inside, 1); Atomics.notify(cells, inside); };
  const through = <Arguments extends unknown[], Result>(call: (...given: Arguments) => Promise<Result>) => async function (this: unknown, ...given: Arguments): Promise<Result> {
    Atomics.add(cells, inside, 1);
    try {
      if (Atomics.load(cells, ending) === 1) { leave(); Atomics.wait(cells, ending, 1); } // for ever: the process is ending, and this thread with it
      return await call.apply(this, given);
    } finally { leave(); }
  };
  const owner = InferenceSession as unknown as { create: (...given: unknown[]) => Promise<{ run: (...given: unknown[]) => Promise<unknown> }> };
  const create = owner.create.bind(InferenceSession);
  owner.create = through(async (...given) => {
    const session = await create(...given);
    session.run = through(session.run.bind(session));
    return session;
  });
}
