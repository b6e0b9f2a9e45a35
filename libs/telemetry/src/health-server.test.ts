import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { openHealthServer } from './health-server.ts';
import type { ReadinessReport } from './readiness.ts';

const running: ReadinessReport = { ready: true, state: 'running', waitsFor: [], stages: [] };

async function serve(parts: { readonly ready?: () => ReadinessReport; readonly metrics?: () => Promise<{ readonly contentType: string; readonly body: string }> } = {}) {
  const server = await openHealthServer({ address: { host: '127.0.0.1', port: 0 }, ready: () => running, metrics: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', body: 'µ 1\n' }), ...parts });
  onTestFinished(() => server.close());
  return { ...server, ask: (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init) };
}

it('answers its three pages, whatever stands behind a question mark', async () => {
  const { ask } = await serve();
  const [alive, ready, metrics] = await Promise.all([ask('/livez?verbose'), ask('/readyz'), ask('/metrics?x=1')]);
  expect([alive.status, await alive.text()]).toEqual([200, 'ok\n']);
  expect([ready.status, ready.headers.get('content-type'), await ready.json()]).toEqual([200, 'application/json; charset=utf-8', running]);
  expect([metrics.status, metrics.headers.get('content-type'), metrics.headers.get('content-length'), await metrics.text()]).toEqual([200, 'text/plain; version=0.0.4', '5', 'µ 1\n']);
});

it('is alive while it is not ready', async () => {
  const waiting: ReadinessReport = { ready: false, state: 'paused', waitsFor: [{ of: 'policy', code: 'MODEL_UNREACHABLE', why: 'Start it.', forSeconds: 3600, retryInSeconds: 30 }], stages: [] };
  const { ask } = await serve({ ready: () => waiting });
  const ready = await ask('/readyz');
  expect([ready.status, await ready.json(), (await ask('/livez')).status]).toEqual([503, waiting, 200]);
});

it('sends no body for HEAD, 405 for what is neither GET nor HEAD, and 404 elsewhere', async () => {
  const { ask } = await serve();
  const head = await ask('/livez', { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '3', '']);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const refused = await ask('/metrics', { method, ...(method === 'POST' ? { body: 'x'.repeat(100_000) } : {}) });
    expect([method, refused.status, refused.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD']);
  }
  for (const path of ['/', '/metrics/', '/LIVEZ', '/toString', '/__proto__', '//']) expect([path, (await ask(path)).status]).toEqual([path, 404]);
});

it('says 500 where the metrics fail, and goes on', async () => {
  const { ask } = await serve({ metrics: () => Promise.reject(new Error('no numbers')) });
  const failed = await ask('/metrics');
  expect([failed.status, await failed.text()]).toEqual([500, 'Error: no numbers\n']);
  expect((await ask('/livez')).status).toBe(200);
});

it('outlives who speaks no HTTP or hangs up', async () => {
  const { ask, url } = await serve();
  for (const said of ['not HTTP at all\r\n\r\n', 'GET /metrics HTTP/1.1\r\n']) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await new Promise<void>((resolve) => { socket.write(said, () => resolve()); });
    socket.destroy();
  }
  expect((await ask('/livez')).status).toBe(200);
});

it('refuses a port that is taken or a host that is not there, and gives its own back when it is closed', async () => {
  const first = await serve();
  const port = Number(new URL(first.url).port);
  const open = (host = '127.0.0.1') => openHealthServer({ address: { host, port }, ready: () => running, metrics: () => Promise.reject(new Error()) });
  await expect(open()).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE', message: `--listen 127.0.0.1:${port} is taken by another program.` });
  await expect(open('192.0.2.1')).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE', message: `--listen 192.0.2.1:${port} is no address of this machine.` });
  first.close();
  first.close();
  const second = await open();
  second.close();
});
