// A TCP proxy before a Kafka broker that loses answers: the broker has done what was asked, and who asked does not hear of it.
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** Requests of the protocol, by their number on the wire. */
export const kafkaApis = { produce: 0, fetch: 1, joinGroup: 11, heartbeat: 12, initProducerId: 22, addPartitionsToTransaction: 24, addOffsetsToTransaction: 25, endTransaction: 26, commitOffsets: 28 } as const;
export type KafkaApi = keyof typeof kafkaApis;

export interface CuttingProxy {
  readonly port: number;
  /** From now on: one answer of each kind in so many, over all connections, `most` of a kind at most. Counts anew. */
  lose(oneIn: { readonly [Api in KafkaApi]?: number }, most: number): void;
  /** Answers lost since then. */
  readonly lost: { readonly [Api in KafkaApi]?: number };
  close(): Promise<void>;
}

const names = new Map<number, KafkaApi>(Object.entries(kafkaApis).map(([name, api]) => [api, name as KafkaApi]));

/** Stands before the broker on a port of this machine and passes everything on; at an answer that is to be lost it closes both sides instead. What else was on its way on that connection is lost too, as with any broken connection. */
export async function startCuttingProxy(to: number): Promise<CuttingProxy> {
  let seen: { [Api in KafkaApi]?: number } = {};
  let lost: { [Api in KafkaApi]?: number } = {};
  let [oneIn, most]: [{ readonly [Api in KafkaApi]?: number }, number] = [{}, 0];
  const sockets = new Set<Socket>();

  /** Whether this answer goes down with its connection. */
  function loses(api: KafkaApi | undefined): boolean {
    if (api === undefined || oneIn[api] === undefined) return false;
    seen[api] = (seen[api] ?? 0) + 1;
    if (seen[api] % oneIn[api] !== 0 || (lost[api] ?? 0) >= most) return false;
    lost[api] = (lost[api] ?? 0) + 1;
    return true;
  }

  const server = createServer((client) => {
    const broker = connect(to, '127.0.0.1');
    const asked = new Map<number, KafkaApi | undefined>(); // by correlation id
    const both = [client, broker];
    const end = (): void => { for (const socket of both) { socket.destroy(); sockets.delete(socket); } };
    for (const socket of both) { sockets.add(socket); socket.setNoDelay(true); socket.on('error', end); socket.on('close', end); }
    const requests = frames((frame) => { asked.set(frame.readInt32BE(8), names.get(frame.readInt16BE(4))); return true; });
    const answers = frames((frame) => {
      const id = frame.readInt32BE(4);
      const api = asked.get(id);
      asked.delete(id);
      if (loses(api)) { end(); return false; }
      client.write(frame);
      return true;
    });
    client.on('data', (chunk: Buffer) => { requests(chunk); broker.write(chunk); });
    broker.on('data', answers);
  });
  await new Promise<void>((resolve, reject) => { server.once('error', reject); server.listen(0, '127.0.0.1', resolve); });
  return {
    port: (server.address() as AddressInfo).port,
    get lost() { return lost; },
    lose: (each, atMost) => { [seen, lost, oneIn, most] = [{}, {}, each, atMost]; },
    close: () => new Promise((resolve) => { for (const socket of sockets) socket.destroy(); server.close(() => resolve()); }),
  };
}

/** Cuts a stream into frames of the protocol: four bytes of length, then so many bytes. `take` sees each whole one, its length included, and ends the stream with false. */
function frames(take: (frame: Buffer) => boolean): (chunk: Buffer) => void {
  let held: Buffer = Buffer.alloc(0);
  let over = false;
  return (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (!over && held.length >= 4 && held.length >= 4 + held.readInt32BE(0)) {
      const length = 4 + held.readInt32BE(0);
      over = !take(held.subarray(0, length));
      held = held.subarray(length);
    }
  };
}
