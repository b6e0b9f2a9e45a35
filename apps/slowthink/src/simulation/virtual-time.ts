import { AsyncLocalStorage } from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';
import timersPromises from 'node:timers/promises';

/** One life of a process, from its start to its end or its death. What it has put on the clock is forgotten when it dies, as is everything else it knew. */
export interface Life {
  readonly name: string;
  alive: boolean;
}

interface Timer {
  at: number; // ms
  order: number;
  run: (() => void) | undefined; // undefined: cleared
  readonly every: number | undefined; // ms
  readonly life: Life; // nobody: goes on whoever dies
}

/** Whoever sends messages along and starts processes. */
export const nobody: Life = { name: '-', alive: true };

const isDead = ({ alive }: Life): boolean => !alive;
const turnOfLoop = setImmediate; // the real ones
const realNow = performance.now.bind(performance);

/**
 * A clock that stands still while anything can go on, and then jumps to the next timer: an hour costs what happens in it. Timers fire in the order of their times, equal ones in the order in which they were
 * set; between two of them everything that promises and ticks can do is done, as in Node. As long as nothing else is waited for (no disk, no socket, no thread), the same program has the same history.
 */
export class VirtualTime {
  readonly lives = new AsyncLocalStorage<Life>();
  #now = 0;
  #orders = 0;
  #timers: Timer[] = []; // last is next

  get now(): number { return this.#now; }

  /** Nobody's sleep: a message on its way goes on, whoever has sent it. */
  sleep(ms: number): Promise<void> { return new Promise((resolve) => { this.#add(ms, resolve, undefined, nobody); }); }

  /** Calls `run` in `ms`, on behalf of nobody. */
  later(ms: number, run: () => void): void { this.#add(ms, run, undefined, nobody); }

  /** Takes the clocks of this process over, runs `main` until it settles, and gives them back. `everyTimer` is told of each timer before it fires; what it throws ends the run. */
  async play<Value>(main: () => Promise<Value>, everyTimer: (life: Life) => void = () => {}): Promise<Value> {
    const giveBack = this.#install();
    try {
      let over: { readonly value: Value } | { readonly error: unknown } | undefined;
      main().then((value) => { over = { value }; }, (error: unknown) => { over = { error }; });
      for (;;) {
        await new Promise<void>((resolve) => { turnOfLoop(resolve); });
        if (over !== undefined) { if ('error' in over) throw over.error; return over.value; }
        const timer = this.#timers.pop();
        if (timer === undefined) throw new Error('Everything stands still: nothing is on its way and no clock runs.');
        const { run, life, every } = timer;
        if (run === undefined || isDead(life)) continue;
        this.#now = Math.max(this.#now, timer.at);
        everyTimer(life);
        if (isDead(life)) continue;
        if (every === undefined) timer.run = undefined; else this.#queue(timer, every);
        this.lives.run(life, run);
      }
    } finally { giveBack(); }
  }

  #add(ms: number, run: () => void, every: number | undefined, life = this.lives.getStore() ?? nobody): Timer {
    const timer: Timer = { at: 0, order: 0, run, every, life };
    this.#queue(timer, ms);
    return timer;
  }

  #queue(timer: Timer, ms: number): void {
    timer.at = this.#now + ms;
    timer.order = this.#orders++;
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#timers[middle]!.at > timer.at) low = middle + 1; else high = middle; // of equal times the earlier order stands behind, nearer to the end
    }
    this.#timers.splice(low, 0, timer);
  }

  #install(): () => void {
    const clear = (timer: unknown): void => { if (timer !== undefined && timer !== null) (timer as Timer).run = undefined; };
    const handle = (timer: Timer): Timer => Object.assign(timer, { ref: () => timer, unref: () => timer, hasRef: () => true });
    const node = (ms: number | undefined): number => (ms !== undefined && ms >= 1 ? ms : 1);
    const sleep = (ms?: number, value?: unknown, { signal }: { readonly signal?: AbortSignal } = {}): Promise<unknown> => new Promise((resolve, reject) => {
      const aborted = (): Error => Object.assign(new Error('The operation was aborted', { cause: signal!.reason }), { name: 'AbortError', code: 'ABORT_ERR' });
      if (signal?.aborted) { reject(aborted()); return; }
      const stop = (): void => { clear(timer); reject(aborted()); };
      const timer = this.#add(node(ms), () => { signal?.removeEventListener('abort', stop); resolve(value); }, undefined);
      signal?.addEventListener('abort', stop, { once: true });
    });
    const faked = {
      setTimeout: (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => handle(this.#add(node(ms), () => run(...args), undefined)),
      setInterval: (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => handle(this.#add(node(ms), () => run(...args), node(ms))),
      setImmediate: (run: (...args: unknown[]) => void, ...args: unknown[]) => handle(this.#add(0, () => run(...args), undefined)),
      clearTimeout: clear, clearInterval: clear, clearImmediate: clear,
    };
    const real = Object.fromEntries(Object.keys(faked).map((name) => [name, Reflect.get(globalThis, name)]));
    const { setTimeout: realSleep } = timersPromises;
    const { now: realDate } = Date;
    Object.assign(globalThis, faked);
    Object.assign(performance, { now: () => this.#now });
    Object.assign(Date, { now: () => this.#now });
    Object.assign(timersPromises, { setTimeout: sleep });
    syncBuiltinESMExports(); // whoever imported it by name
    return () => {
      Object.assign(globalThis, real);
      Object.assign(performance, { now: realNow });
      Object.assign(Date, { now: realDate });
      Object.assign(timersPromises, { setTimeout: realSleep });
      syncBuiltinESMExports();
    };
  }
}
