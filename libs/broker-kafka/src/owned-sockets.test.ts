import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ownSockets, type OwnedSockets } from './owned-sockets.ts';

let server: Server;
const there: Socket[] = [];
beforeEach(async () => {
  server = createServer((socket) => { there.push(socket); socket.on('error', () => {}); });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
});
afterEach(() => { for (const socket of there.splice(0)) socket.destroy(); server.close(); });

/** As kafkajs makes one: with the reason it heard for its end. */
function made(sockets: OwnedSockets): { readonly socket: Socket; readonly error: Promise<unknown> } {
  const socket = sockets.make({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, ssl: undefined as never, onConnect: () => {} });
  return { socket, error: new Promise((resolve) => { socket.once('error', resolve); }) };
}

it('a socket that nobody closed ends with its cluster, and says so to whoever waits on it', async () => {
  const sockets = ownSockets();
  const { socket, error } = made(sockets);
  await once(socket, 'connect');
  await sockets.end(async () => {});
  expect(await error).toMatchObject({ message: 'Closed connection' });
  expect(socket.destroyed).toBe(true);
});

it('a socket that is made after the end is ended at once', async () => {
  const sockets = ownSockets();
  await sockets.end(async () => {});
  expect(await made(sockets).error).toMatchObject({ message: 'Closed connection' });
});

it('what waits for an answer before it closes is not waited for once the connection broke', async () => {
  const sockets = ownSockets();
  const { socket } = made(sockets);
  const [[peer]] = await Promise.all([once(server, 'connection'), once(socket, 'connect')]);
  const ended = sockets.end(() => new Promise(() => {}));
  (peer as Socket).destroy();
  socket.resume(); // kafkajs reads all the time
  await ended;
  expect(socket.destroyed).toBe(true);
});

it('an answer that comes is waited for before anything is closed', async () => {
  const sockets = ownSockets();
  const { socket } = made(sockets);
  const [[peer]] = await Promise.all([once(server, 'connection'), once(socket, 'connect')]);
  const answered = once(socket, 'data');
  const ended = sockets.end(async () => { await answered; });
  expect(socket.destroyed).toBe(false);
  (peer as Socket).write('answer');
  await ended;
  expect(String((await answered)[0])).toBe('answer');
});
