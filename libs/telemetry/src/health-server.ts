// Three pages over HTTP for whoever looks after a process. /livez says only that the event loop answers: a process that waits an hour for a model server is alive, and a restart would help nobody.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FaultError } from '@slowthink/faults';
import { addressText, type ListenAddress } from './listen-address.ts';
import type { Metrics } from './metrics.ts';
import type { ReadinessReport } from './readiness.ts';

export interface HealthServer {
  readonly url: string; // http://127.0.0.1:9464, with the port that was taken
  /** The port is free at once; an answer that is being sent is cut off. A second call does nothing. */
  close(): void;
}

export interface HealthServerOptions {
  readonly address: ListenAddress;
  readonly ready: () => ReadinessReport;
  readonly metrics: Metrics['text'];
}

const connectionsMax = 64; // one or two who scrape and a probe need three
const idleMs = 5000;
const json = 'application/json; charset=utf-8';
const text = 'text/plain; charset=utf-8';

/**
 * GET and HEAD of /livez (200), /readyz (200, or 503 with what is waited for; JSON both times) and /metrics; 405 for other methods, 404 elsewhere. It keeps no process alive.
 * PORT_UNAVAILABLE when the address cannot be listened on.
 */
export async function openHealthServer({ address, ready, metrics }: HealthServerOptions): Promise<HealthServer> {
  const pages: { readonly [path: string]: () => Page | Promise<Page> } = {
    '/livez': () => ({ status: 200, type: text, body: 'ok\n' }),
    '/readyz': () => { const report = ready(); return { status: report.ready ? 200 : 503, type: json, body: `${JSON.stringify(report)}\n` }; },
    '/metrics': async () => { const { contentType, body } = await metrics(); return { status: 200, type: contentType, body }; },
  };
  const pageOf = (request: IncomingMessage): Page | Promise<Page> => {
    const path = request.url!.split('?', 1)[0]!;
    if (!Object.hasOwn(pages, path)) return { status: 404, type: text, body: `There are ${Object.keys(pages).join(', ')}.\n` };
    return request.method === 'GET' || request.method === 'HEAD' ? pages[path]!() : { status: 405, type: text, body: 'GET and HEAD are answered.\n', headers: { allow: 'GET, HEAD' } };
  };
  const server = createServer({ headersTimeout: idleMs, requestTimeout: idleMs, keepAliveTimeout: idleMs }, (request, response) => {
    request.resume(); // a body is not read
    Promise.resolve().then(() => pageOf(request)).catch((error: unknown): Page => ({ status: 500, type: text, body: `${String(error)}\n` })).then((page) => send(response, page), () => response.destroy());
  });
  server.maxConnections = connectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(new FaultError('PORT_UNAVAILABLE', `--listen ${addressText(address)} ${refusals[cause.code ?? ''] ?? `cannot be listened on: ${cause.message}`}.`, { cause })));
    server.listen(address.port, address.host, resolve);
  });
  server.on('error', () => {}); // of one connection: whoever asked sees it
  server.unref();
  const url = `http://${addressText({ host: address.host, port: (server.address() as AddressInfo).port })}`;
  return { url, close: () => { if (server.listening) { server.close(); server.closeAllConnections(); } } };
}

const refusals: { readonly [code: string]: string } = { EADDRINUSE: 'is taken by another program', EADDRNOTAVAIL: 'is no address of this machine', EACCES: 'needs rights that this user lacks', ENOTFOUND: 'names a host that nobody knows' };

interface Page { readonly status: number; readonly type: string; readonly body: string; readonly headers?: { readonly [name: string]: string } }

function send(response: ServerResponse, { status, type, body, headers = {} }: Page): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store', ...headers }).end(body); // Node leaves the body out for HEAD
}
