// npm run server [-- --port N]: a real, small model server for trying things out and for tests. Prints the value of --policy on stdout once it answers; Ctrl-C stops it.
import { parseArgs } from 'node:util';
import { SetUpError } from '../node/run-program.ts';
import { startServer } from './start-server.ts';

const usage = 'npm run server [-- --port N]     llama.cpp with SmolLM2-135M-Instruct on 127.0.0.1, port 8080 unless given';

function portOf(): number {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '8080' }, help: { type: 'boolean', default: false } } });
  if (values.help) { console.log(usage); process.exit(0); }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`--port ${values.port} is not a port (0 to 65535).`);
  return port;
}

let port: number;
try { port = portOf(); } catch (error) { console.error(`${(error as Error).message}\n${usage}`); process.exit(2); }

try {
  const server = await startServer({ port, say: (line) => console.error(line) });
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { stopping = true; void server.stop(); });
  console.log(`--policy ${server.policy}`);
  const last = await server.ended;
  if (stopping) process.exit(0);
  console.error(`The model server ended.\n${last}`);
  process.exit(1);
} catch (error) {
  console.error(error instanceof SetUpError ? error.message : error);
  process.exit(error instanceof SetUpError ? 3 : 1);
}
