import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections (Linux 32768 and up, macOS 49152): while a broker is down, a client that tries to reach it cannot come to sit on its port. */
const first = 20_000, count = 12_000;

/** Whether nobody listens on a port of 127.0.0.1. */
export const isFree = (port: number): Promise<boolean> => new Promise((resolve, reject) => {
  const probe = createServer();
  probe.once('error', (error: NodeJS.ErrnoException) => { if (error.code === 'EADDRINUSE') resolve(false); else reject(error); });
  probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
});

/** Any port that is free now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * count);
    if (await isFree(port)) return port;
  }
}
