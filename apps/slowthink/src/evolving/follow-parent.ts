// Loaded before the program in a child of "slowthink evolve" (node --import): a child ends with its parent, however that ends. Its stdin is a pipe that the parent holds and never writes to; when it is closed, the parent is gone.
import { isMainThread } from 'node:worker_threads';

const drainMs = 10_000; // for what is in flight; what is not committed by then will be asked again

if (isMainThread) {
  process.stdin.on('error', () => {});
  process.stdin.on('end', () => {
    setTimeout(() => process.exit(130), drainMs).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  process.stdin.resume();
  (process.stdin as unknown as { unref?: () => void }).unref?.(); // listening keeps no program alive that has ended
}
