/** Whether a process of this id lives on this machine, ours or another user's. Asks and changes nothing; ids are given again, so it may be a later one than was meant. */
export function isRunning(pid: number): boolean {
  try { process.kill(pid, 0); return true; } catch (error) { return (error as NodeJS.ErrnoException).code === 'EPERM'; }
}
