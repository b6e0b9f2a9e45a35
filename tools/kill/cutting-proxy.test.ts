import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { kafkaApis, startCuttingProxy } from './cutting-proxy.ts';

/** A request of the protocol as far as the proxy reads it: length, api, version, correlation id, and some bytes. */
function request(api: number, id: number): Buffer {
  const frame = Buffer.alloc(20);
  frame.writeInt32BE(16, 0);
  frame.writeInt16BE(api, 4);
  frame.writeInt32BE(id, 8);
  return frame;
}

/** Answers every request with its correlation id, and keeps the apis it was asked. */
async function startEcho(): Promise<{ readonly port: number; readonly asked: number[] }> {
  const asked: number[] = [];
  const server = createServer((socket) => {
    let held = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      for (; held.length >= 20; held = held.subarray(20)) {
        asked.push(held.readInt16BE(4));
        const answer = Buffer.alloc(8);
        answer.writeInt32BE(4, 0);
        held.copy(answer, 4, 8, 12);
        socket.write(answer);
      }
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  onTestFinished(() => { server.close(); });
  return { port: (server.address() as AddressInfo).port, asked };
}

/** Correlation ids of the answers that came before the connection was closed, or the given number of them. */
const answersOn = (socket: Socket, count: number): Promise<readonly number[]> => new Promise((resolve) => {
  let held = Buffer.alloc(0);
  const ids = (): readonly number[] => Array.from({ length: Math.floor(held.length / 8) }, (_, at) => held.readInt32BE(at * 8 + 4));
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => { held = Buffer.concat([held, chunk]); if (ids().length >= count) resolve(ids()); });
  socket.on('close', () => resolve(ids()));
});

test('every second answer of a kind is lost with its connection after the broker has done the work, and no more than allowed', async () => {
  const broker = await startEcho();
  const proxy = await startCuttingProxy(broker.port);
  onTestFinished(() => proxy.close());
  proxy.lose({ endTransaction: 2 }, 1);
  const open = (): Socket => { const socket = connect(proxy.port, '127.0.0.1'); onTestFinished(() => { socket.destroy(); }); return socket; };

  const first = open();
  for (const [api, id] of [[kafkaApis.endTransaction, 1], [kafkaApis.fetch, 2], [kafkaApis.endTransaction, 3]] as const) for (const byte of request(api, id)) first.write(Buffer.of(byte)); // in pieces
  expect(await answersOn(first, 3)).toEqual([1, 2]);
  expect(broker.asked).toEqual([kafkaApis.endTransaction, kafkaApis.fetch, kafkaApis.endTransaction]);
  expect(proxy.lost).toEqual({ endTransaction: 1 });

  const second = open();
  second.write(Buffer.concat([1, 2, 3].map((id) => request(kafkaApis.endTransaction, id)))); // at once
  expect(await answersOn(second, 3)).toEqual([1, 2, 3]);
  expect(proxy.lost).toEqual({ endTransaction: 1 });
});
