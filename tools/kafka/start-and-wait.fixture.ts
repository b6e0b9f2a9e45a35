// A process that starts a broker, on the folder named or on a temporary one, says where, and does nothing more.
import { startKafka } from './start-kafka.ts';

const [, , folder] = process.argv;
const { port, dir } = await startKafka(folder === undefined ? {} : { dir: folder });
console.log(JSON.stringify({ port, dir }));
