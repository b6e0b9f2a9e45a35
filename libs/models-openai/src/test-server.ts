import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach } from 'vitest';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Parsed JSON; undefined for a GET. */
  readonly body: Record<string, unknown> | undefined;
}

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly seen: readonly Seen[];
  /** Requests whose client hung up before the answer ended. */
  readonly hungUp: () => number;
  close(): Promise<void>;
}

export type Handler = (seen: Seen, response: ServerResponse) => void;

export const json = (response: ServerResponse, status: number, value: unknown, headers: { [name: string]: string } = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(typeof value === 'string' ? value : JSON.stringify(value));
};

/** A real HTTP server of this process on a free port; closed after the test, or with `kept` by whoever opened it. GET /v1/models lists the model "m" unless the handler is told to answer it. */
export async function serve(handler: Handler, options: { readonly models?: unknown; readonly own?: boolean; readonly kept?: boolean } = {}): Promise<TestServer> {
  const seen: Seen[] = [], sockets = new Set<Socket>();
  let hungUp = 0;
  const server = createServer((request, response) => {
    let raw = '';
    request.on('data', (chunk: Buffer) => { raw += chunk.toString(); });
    request.on('end', () => {
      const one: Seen = { method: request.method!, path: request.url!, headers: request.headers, body: raw === '' ? undefined : JSON.parse(raw) as Record<string, unknown> };
      seen.push(one);
      response.on('close', () => { if (!response.writableFinished) hungUp++; });
      if (options.own !== true && one.path === '/v1/models') { json(response, 200, options.models ?? { object: 'list', data: [{ id: 'm', object: 'model', owned_by: 'somebody' }] }); return; }
      handler(one, response);
    });
  });
  server.on('connection', (socket: Socket) => { sockets.add(socket); socket.on('close', () => sockets.delete(socket)); });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => { for (const socket of sockets) socket.destroy(); server.close(() => resolve()); });
  if (options.kept !== true) opened.push(close);
  return { url: `http://127.0.0.1:${port}`, port, seen, hungUp: () => hungUp, close };
}

const opened: (() => Promise<void>)[] = [];
afterEach(async () => { for (const close of opened.splice(0)) await close(); });
