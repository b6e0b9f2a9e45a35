// ETA = trees to go / closed trees per second of working time. Trees open together and close late, so a short window would
// say "never" between two closings of a slow model: the rate is over the last 200 closings, however long they took.

const closingsMax = 200; // closings the rate looks back on
const warmUpClosings = 3;
const warmUpMs = 10_000; // working time before the first estimate

/** Estimates the time left from closings. Time paused is not working time: an outage does not stretch the estimate. Memory: at most 200 entries. */
export class TimeLeft {
  #closings: { readonly atMs: number; readonly count: number }[] = []; // after fromMs
  #inWindow = 0; // sum of their counts
  #total = 0;
  #startedMs: number | undefined; // first model request, in working time
  #fromMs = 0; // where the window begins

  /** Work begins: what closed before (restored from an earlier process) says nothing about the speed. */
  start(workingMs: number): void {
    if (this.#startedMs === undefined) this.#startedMs = this.#fromMs = workingMs;
  }

  close(workingMs: number, count: number): void {
    if (this.#startedMs === undefined || count <= 0) return;
    this.#closings.push({ atMs: workingMs, count });
    this.#inWindow += count;
    this.#total += count;
    while (this.#closings.length > 1 && this.#inWindow - this.#closings[0]!.count >= closingsMax) {
      const oldest = this.#closings.shift()!;
      this.#inWindow -= oldest.count;
      this.#fromMs = oldest.atMs;
    }
  }

  /** Milliseconds until `toGo` trees are closed; null before 3 closings and 10 s of work. */
  estimateMs(workingMs: number, toGo: number): number | null {
    if (toGo <= 0) return 0;
    if (this.#startedMs === undefined || this.#total < warmUpClosings || workingMs - this.#startedMs < warmUpMs || workingMs <= this.#fromMs) return null;
    return Math.round(toGo * (workingMs - this.#fromMs) / this.#inWindow);
  }
}
