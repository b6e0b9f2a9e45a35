// The smallest client there is: a few requests of Kafka's protocol, by hand. A real client tries more, and says more, than the question "are you there?" needs.
import { once } from 'node:events';
import { connect } from 'node:net';
import { addAbortSignal } from 'node:stream';

interface Api { readonly key: number; readonly version: number }
const metadata: Api = { key: 3, version: 1 }, findCoordinator: Api = { key: 10, version: 1 }, saslHandshake: Api = { key: 17, version: 1 }, saslAuthenticate: Api = { key: 36, version: 0 };

const int16 = (value: number): Buffer => { const bytes = Buffer.alloc(2); bytes.writeInt16BE(value); return bytes; };
const int32 = (value: number): Buffer => { const bytes = Buffer.alloc(4); bytes.writeInt32BE(value); return bytes; };
const text16 = (text: string): Buffer => Buffer.concat([int16(Buffer.byteLength(text)), Buffer.from(text)]);
const bytes32 = (bytes: Buffer): Buffer => Buffer.concat([int32(bytes.length), bytes]);

/** Whether the broker at a port of 127.0.0.1 tells, within `withinMs`, of a cluster with a broker and a controller, and names coordinators of groups and of transactions: a new broker makes their topics when it is first asked, and refuses clients meanwhile. With `user` it is asked over SASL PLAIN. Never rejects. */
export async function askCluster(port: number, user?: { readonly name: string; readonly password: string }, withinMs = 5000): Promise<boolean> {
  const socket = addAbortSignal(AbortSignal.timeout(withinMs), connect(port, '127.0.0.1'));
  try {
    await once(socket, 'connect');
    const chunks = socket.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
    const ask = async ({ key, version }: Api, body: Buffer): Promise<Buffer> => {
      socket.write(bytes32(Buffer.concat([int16(key), int16(version), int32(1), text16('start-kafka'), body])));
      let answer = Buffer.alloc(0);
      while (answer.length < 4 || answer.length < 4 + answer.readInt32BE(0)) {
        const { value, done } = await chunks.next();
        if (done) throw new Error('the broker closed the connection');
        answer = Buffer.concat([answer, value]);
      }
      return answer.subarray(8); // behind length and number of the request
    };
    if (user !== undefined) {
      if ((await ask(saslHandshake, text16('PLAIN'))).readInt16BE(0) !== 0) return false;
      if ((await ask(saslAuthenticate, bytes32(Buffer.from(`\0${user.name}\0${user.password}`)))).readInt16BE(0) !== 0) return false;
    }
    if (!hasController(await ask(metadata, int32(0)))) return false;
    for (const kind of [0, 1]) { // groups, transactions
      if ((await ask(findCoordinator, Buffer.concat([text16('start-kafka'), Buffer.of(kind)]))).readInt16BE(4) !== 0) return false; // behind the throttle time
    }
    return true;
  } catch { return false; } finally { socket.on('error', () => {}).destroy(); }
}

/** Answer of metadata, version 1: brokers (id, host, port, rack), then the id of the controller, -1 when there is none. */
function hasController(answer: Buffer): boolean {
  const brokers = answer.readInt32BE(0);
  let at = 4;
  for (let broker = 0; broker < brokers; broker++) {
    at += 4;
    at += 2 + answer.readInt16BE(at) + 4;
    at += 2 + Math.max(0, answer.readInt16BE(at));
  }
  return brokers > 0 && answer.readInt32BE(at) >= 0;
}
