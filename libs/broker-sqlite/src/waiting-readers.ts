// Who sleeps until a log grows. With a writer in this process its messages wake them; beside another process a look every 200 ms does.

const pollMs = 200;

/** Wakes by log number; nobody is called twice for one wish. */
export class WaitingReaders {
  readonly #byLog = new Map<number, Set<() => void>>();

  get isEmpty(): boolean { return this.#byLog.size === 0; }

  add(log: number, wake: () => void): () => void {
    const wakes = this.#byLog.get(log) ?? new Set();
    this.#byLog.set(log, wakes.add(wake));
    return () => {
      wakes.delete(wake);
      if (wakes.size === 0 && this.#byLog.get(log) === wakes) this.#byLog.delete(log);
    };
  }

  wake(log: number): void {
    const wakes = this.#byLog.get(log);
    this.#byLog.delete(log);
    wakes?.forEach((wake) => wake());
  }

  wakeAll(): void {
    const logs = [...this.#byLog.keys()]; // as of now: who finds nothing waits again while the others are called
    for (const log of logs) this.wake(log);
  }
}

/** Looks at `version` every 200 ms while anyone waits and wakes all when it has changed (or cannot be read: their next fetch says why). */
export class PollingReaders {
  readonly #waiting = new WaitingReaders();
  readonly #version: () => number;
  #seen: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(version: () => number) {
    this.#version = version;
    this.#seen = version();
  }

  add(log: number, wake: () => void): () => void {
    const stop = this.#waiting.add(log, wake);
    this.#timer ??= setInterval(() => this.#look(), pollMs);
    return () => { stop(); this.#rest(); };
  }

  #look(): void {
    let version: number | undefined;
    try { version = this.#version(); } catch { version = undefined; }
    if (version === undefined || version !== this.#seen) this.#waiting.wakeAll();
    this.#seen = version;
    this.#rest();
  }

  #rest(): void {
    if (!this.#waiting.isEmpty) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
