import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

let done = false;

/** kafkajs wakes every connection each millisecond to look for waiting requests, with a negative delay that Node warns of. There is something to look for only while requests wait or the broker throttles. Done once a process. */
export function quietQueues(): void {
  if (done) return;
  done = true;
  const schedule = Object.getOwnPropertyDescriptor(RequestQueue.prototype, 'scheduleCheckPendingRequests')!.value as (this: RequestQueue) => void;
  RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
}
