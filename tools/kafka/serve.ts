// npm run kafka [-- --port N] [-- --dir DIR]: a real Kafka broker for trying things out. Prints its address on stdout once it answers; Ctrl-C stops it.
import { parseArgs } from 'node:util';
import { SetUpError } from './set-up.ts';
import { startKafka } from './start-kafka.ts';

const usage = 'npm run kafka [-- --port N] [-- --dir DIR]     Apache Kafka on 127.0.0.1, port 9092 unless given (0: any free one). With --dir the data stay, and the next start goes on with them; without, they go with the broker.';

function given(): { readonly port: number; readonly dir?: string } {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '9092' }, dir: { type: 'string' }, help: { type: 'boolean', default: false } } });
  if (values.help) { console.log(usage); process.exit(0); }
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65535) throw new Error(`--port ${values.port} is not a port (0 to 65535).`);
  if (values.dir === '') throw new Error('--dir names no folder.');
  return { port, ...(values.dir === undefined ? {} : { dir: values.dir }) };
}

let options: ReturnType<typeof given>;
try { options = given(); } catch (error) { console.error(`${(error as Error).message}\n${usage}`); process.exit(2); }

let stopping = false, stop = async (): Promise<void> => process.exit(0); // while it starts: what was started ends with this process
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { if (!stopping) { stopping = true; void stop(); } });

try {
  const kafka = await startKafka({ ...options, say: (line) => console.error(line) });
  stop = () => kafka.stop();
  console.log(`kafka://${kafka.bootstrap}`);
  console.error(`Data and log: ${kafka.dir}\nNow type: npx slowthink run --broker kafka://${kafka.bootstrap} --run first\nCtrl-C stops the broker.`);
  const last = await kafka.ended;
  if (stopping) { await stop(); process.exit(0); }
  console.error(`Kafka ended.\n${last}`);
  process.exit(1);
} catch (error) {
  console.error(error instanceof SetUpError ? error.message : error);
  process.exit(error instanceof SetUpError ? 3 : 1);
}
