/**
 * Hands out turns of the event loop, one a caller, in order: between two pieces of work that wait for theirs, sockets and timers get their turn, so that a batch of records holds back no request. Memory: a promise a waiting caller.
 */
export function eventLoopTurns(): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => (last = last.then(() => new Promise<void>((resolve) => { setImmediate(resolve); })));
}
