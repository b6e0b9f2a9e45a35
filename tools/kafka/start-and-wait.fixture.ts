// A process that starts a broker, says where, and does nothing more.
import { startKafka } from './start-kafka.ts';

const { port, dir } = await startKafka();
console.log(JSON.stringify({ port, dir }));
