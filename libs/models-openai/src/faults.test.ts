import { createServer, type AddressInfo } from 'node:net';
import type { FaultError } from '@slowthink/faults';
import { conformanceRequest } from '@slowthink/models/conformance';
import { expect, test } from 'vitest';
import { readStream } from './from-stream.ts';
import { openaiPolicy, type OpenaiOptions } from './openai-policy.ts';
import { json, serve, type Handler, type TestServer } from './test-server.ts';

const good = { choices: [{ index: 0, text: ' fine.', finish_reason: 'stop' }], usage: { prompt_tokens: 9, completion_tokens: 2 } };

async function faultOf(server: TestServer, options: Partial<OpenaiOptions> = {}): Promise<FaultError> {
  const policy = openaiPolicy({ url: server.url, model: 'm', ...options });
  try { await policy.sample(conformanceRequest()); } catch (error) { return error as FaultError; } finally { await policy.close(); }
  throw new Error('no fault');
}
const answering = (status: number, body: unknown, headers?: { [name: string]: string }): Handler => (_, response) => json(response, status, body, headers);

test.each([
  [401, { error: { message: 'Invalid API Key', type: 'authentication_error' } }, 'MODEL_UNAUTHORIZED', 'answered 401: authentication_error: Invalid API Key.'],
  [403, { message: 'forbidden' }, 'MODEL_UNAUTHORIZED', 'answered 403: forbidden.'],
  [404, { error: { message: 'The model `m` does not exist.', type: 'NotFoundError', code: 404 } }, 'MODEL_NOT_FOUND', 'answered 404: NotFoundError: The model `m` does not exist.'],
  [400, { object: 'error', message: 'stop: too many', type: 'BadRequest', code: 400 }, 'MODEL_REFUSED', 'answered 400: BadRequest: stop: too many.'],
  [422, { detail: [{ loc: ['body', 'seed'], msg: 'not an int' }] }, 'MODEL_REFUSED', 'answered 422: [{"loc":["body","seed"],"msg":"not an int"}].'],
  [400, { error: { message: "This model's maximum context length is 2048 tokens. However, you requested 3100 tokens", type: 'BadRequestError' } }, 'MODEL_CONTEXT_EXCEEDED', 'maximum context length is 2048 tokens'],
  [422, { error: 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096', error_type: 'validation' }, 'MODEL_CONTEXT_EXCEEDED', 'must be <= 4096'],
  [429, { error: { message: 'Request too large for m on tokens per min (TPM): Limit 30000, Requested 36071.', type: 'tokens', code: 'rate_limit_exceeded' } }, 'MODEL_REFUSED', 'Limit 30000, Requested 36071.'],
  [429, { error: { message: 'slow down' } }, 'MODEL_OVERLOADED', 'answered 429: slow down.'],
  [503, { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }, 'MODEL_OVERLOADED', 'answered 503: unavailable_error: Loading model.'],
  [500, '<html><body><h1>Internal</h1> Server Error</body></html>', 'MODEL_SERVER_ERROR', 'answered 500: Internal Server Error.'],
  [502, '', 'MODEL_SERVER_ERROR', 'answered 502.'],
  [302, 'moved', 'MODEL_REPLY_INVALID', 'answered 302: moved.'],
] as const)('answer %i %j becomes %s', async (status, body, code, message) => {
  const server = await serve(answering(status, body));
  const fault = await faultOf(server);
  expect(fault.code).toBe(code);
  expect(fault.message).toContain(`POST ${server.url}/v1/completions answered ${status}`);
  expect(fault.message).toContain(message);
});

test('Retry-After is kept, in seconds and as a date', async () => {
  expect((await faultOf(await serve(answering(429, {}, { 'retry-after': '7' })))).retryAfterMs).toBe(7000);
  const dated = await faultOf(await serve(answering(503, {}, { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() })));
  expect(dated.retryAfterMs).toBeGreaterThan(3_000_000);
  expect(dated.retryAfterMs).toBeLessThanOrEqual(3_600_000);
  expect((await faultOf(await serve(answering(429, {}, { 'retry-after': 'soon' })))).retryAfterMs).toBeUndefined();
});

test('a closed port and an unknown host are MODEL_UNREACHABLE and name the address', async () => {
  const server = await serve(answering(200, good));
  await server.close();
  const refused = await faultOf(server);
  expect(refused.code).toBe('MODEL_UNREACHABLE');
  expect(refused.message).toBe(`GET ${server.url}/v1/models failed: nothing listens there (ECONNREFUSED).`);
  const unknown = await faultOf({ ...server, url: 'http://no-such-host.invalid:8000' });
  expect(unknown.code).toBe('MODEL_UNREACHABLE');
  expect(unknown.message).toContain('http://no-such-host.invalid:8000/v1/models failed: the name of the host');
});

test('a connection that is reset, before or in the middle of the body, is MODEL_UNREACHABLE', async () => {
  const before = await faultOf(await serve((_, response) => { response.socket!.destroy(); }));
  const middle = await faultOf(await serve((_, response) => { response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' }); response.write('{"choices":[', () => response.socket!.destroy()); }));
  for (const fault of [before, middle]) { expect(fault.code).toBe('MODEL_UNREACHABLE'); expect(fault.message).toContain('the server closed the connection'); }
});

test('a kept connection that the server closes as the next request comes is replaced without a fault, once', async () => {
  const used = new WeakSet<object>();
  let closed = 0;
  const server = await serve((_, response) => {
    if (used.has(response.socket!)) { closed++; response.socket!.destroy(); return; }
    used.add(response.socket!);
    json(response, 200, good);
  });
  const policy = openaiPolicy({ url: server.url, model: 'm', connections: 1 });
  for (let i = 0; i < 6; i++) expect((await policy.sample(conformanceRequest())).samples).toHaveLength(1);
  await policy.close();
  expect(closed).toBeGreaterThan(0);

  const hangsUp = await serve((_, response) => { response.socket!.destroy(); });
  expect((await faultOf(hangsUp)).code).toBe('MODEL_UNREACHABLE');
  expect(hangsUp.seen.filter(({ method }) => method === 'POST').length).toBeLessThanOrEqual(2);
});

test('the answer of a server that was started again with other weights behind a kept connection does not count', async () => {
  const used = new WeakSet<object>();
  let size = 1;
  const server = await serve((seen, response) => {
    if (seen.method === 'GET') { json(response, 200, { data: [{ id: 'm', meta: { size } }] }); return; }
    if (!used.has(response.socket!)) { used.add(response.socket!); json(response, 200, good); return; }
    size = 2;
    response.socket!.destroy();
  }, { own: true });
  const policy = openaiPolicy({ url: server.url, model: 'm', connections: 1 });
  const { revision } = await policy.describe();
  await policy.sample(conformanceRequest());
  await expect(policy.sample(conformanceRequest())).rejects.toMatchObject({ code: 'MODEL_UNREACHABLE', message: expect.stringContaining('was answered by another model than before') });
  expect((await policy.describe()).revision).not.toBe(revision);
  await policy.close();
});

test.each([
  ['half a JSON', '{"choices":[{"text":"a', 'answered something that is not JSON. It begins with "{\\"choices\\":[{\\"text\\":\\"a".'],
  ['another page', '<html>Welcome to nginx</html>', 'answered something that is not JSON. It begins with "<html>Welcome to nginx</html>".'],
  ['nothing', '', 'answered something that is not JSON.'],
  ['null', 'null', 'answered JSON of another shape.'],
  ['another shape', '{"result":"a"}', 'answered without choices.'],
  ['no choice', '{"choices":[]}', 'answered with no choice at all.'],
  ['a choice without text', '{"choices":[{"finish_reason":"stop"}]}', 'answered with a choice that holds no text.'],
  ['a text far longer than its tokens', JSON.stringify({ choices: [{ text: 'x'.repeat(16 * 256 + 1), finish_reason: 'stop' }] }), 'answered with a text of 4097 bytes where 16 tokens were asked for.'],
  ['a choice that no answer has', '{"choices":[{"text":"a","index":1000000000}]}', 'answered with a choice of index 1000000000.'],
  ['an ending nobody knows', '{"choices":[{"text":"a","finish_reason":"tired"}]}', 'answered with finish_reason "tired".'],
] as const)('%s with status 200 is MODEL_REPLY_INVALID', async (_, body, message) => {
  const fault = await faultOf(await serve((__, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end(body); }));
  expect(fault.code).toBe('MODEL_REPLY_INVALID');
  expect(fault.message).toContain(message);
});

test.each(['null', '5', '{"choices":{}}', '{"choices":[null]}', '{"choices":"none"}'])('an event %s in a stream is MODEL_REPLY_INVALID', (event) => {
  expect(() => readStream('POST http://host').push(`data: ${event}\n`)).toThrow(expect.objectContaining({ code: 'MODEL_REPLY_INVALID', message: expect.stringContaining('with an event of another shape') }));
});

test('something that is not HTTP is MODEL_REPLY_INVALID', async () => {
  const raw = createServer((socket) => { socket.on('error', () => {}); socket.on('data', () => socket.end('SSH-2.0-OpenSSH_9.6\r\n')); });
  await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
  const policy = openaiPolicy({ url: `http://127.0.0.1:${(raw.address() as AddressInfo).port}`, model: 'm' });
  await expect(policy.describe()).rejects.toMatchObject({ code: 'MODEL_REPLY_INVALID' });
  await policy.close();
  await new Promise((resolve) => raw.close(resolve));
});

test('an error object inside a 200, and an aborted choice, are faults of the server', async () => {
  expect(await faultOf(await serve(answering(200, { object: 'error', message: 'out of memory', code: 500 })))).toMatchObject({ code: 'MODEL_SERVER_ERROR', message: expect.stringContaining('broke its answer off with an error: out of memory.') });
  expect(await faultOf(await serve(answering(200, { error: { message: 'queue full', code: 503 } })))).toMatchObject({ code: 'MODEL_OVERLOADED' });
  expect(await faultOf(await serve(answering(200, { choices: [{ text: 'a', finish_reason: 'abort' }] })))).toMatchObject({ code: 'MODEL_SERVER_ERROR' });
});

test('a server that never answers is MODEL_TIMEOUT, and so is one whose answer drips for ever', async () => {
  const never = await serve(() => {});
  const fault = await faultOf(never, { timeoutMs: 150 });
  expect(fault).toMatchObject({ code: 'MODEL_TIMEOUT', message: `POST ${never.url}/v1/completions did not answer within 0.15 s.` });
  const drip = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(timer));
  });
  expect(await faultOf(drip, { timeoutMs: 150 })).toMatchObject({ code: 'MODEL_TIMEOUT', message: `POST ${drip.url}/v1/completions did not end its answer within 0.15 s.` });
});

test('an answer larger than the bound is broken off', async () => {
  const server = await serve((_, response) => { response.writeHead(200); response.on('error', () => {}); const more = () => { while (response.write('x'.repeat(65536)) && !response.destroyed); }; response.on('drain', more); more(); });
  expect(await faultOf(server, { replyBytesMax: 200_000 })).toMatchObject({ code: 'MODEL_REPLY_INVALID', message: expect.stringContaining('answered more than 200000 bytes') });
});

test('the key is sent and stands in no message, even when the server repeats it', async () => {
  const server = await serve((seen, response) => json(response, 401, { error: { message: `bad key ${seen.headers.authorization}` } }));
  const fault = await faultOf(server, { apiKey: 'sk-very-secret' });
  expect(server.seen.at(-1)!.headers.authorization).toBe('Bearer sk-very-secret');
  expect(fault.message).toContain('bad key Bearer ***');
  expect(JSON.stringify([fault.message, fault.hint, fault.attempts])).not.toContain('very-secret');
});

test('credentials in the address are sent as Basic authorization and stand in no message', async () => {
  const server = await serve(answering(500, 'x'));
  const fault = await faultOf({ ...server, url: server.url.replace('//', '//ann:pa%40ss-word@') });
  expect(server.seen.at(-1)!.headers.authorization).toBe(`Basic ${Buffer.from('ann:pa@ss-word').toString('base64')}`);
  expect(fault.message).toContain(`POST ${server.url}/v1/completions`);
  expect(fault.message).not.toMatch(/ann|pass|pa%40ss/);
});

test.each<readonly [string, Handler, string, string]>([
  ['404', answering(404, { error: { message: 'Not Found' } }), 'MODEL_NOT_FOUND', 'answered 404: Not Found.'], ['429', answering(429, { error: { message: 'Slow down.' } }), 'MODEL_OVERLOADED', 'answered 429: Slow down.'],
  ['500', answering(500, { error: { message: 'CUDA error' } }), 'MODEL_SERVER_ERROR', 'answered 500: CUDA error.'], ['another page', answering(200, '<html><body>Welcome'), 'MODEL_REPLY_INVALID', 'answered something that is not JSON. It begins with "<html><body>Welcome".'],
  ['half a JSON', answering(200, '{"data": [{"id'), 'MODEL_REPLY_INVALID', 'answered something that is not JSON.'], ['no list', answering(200, { object: 'list' }), 'MODEL_REPLY_INVALID', 'answered without a list of models.'],
])('%s at the first question, which models there are, is a fault of its own', async (_, handler, code, message) => {
  const server = await serve(handler, { own: true });
  const policy = openaiPolicy({ url: server.url, model: 'm' });
  await expect(policy.describe()).rejects.toMatchObject({ code, message: expect.stringContaining(`GET ${server.url}/v1/models ${message}`) });
  await policy.close();
});

test('a model that the server does not list is named with those it has', async () => {
  const server = await serve(answering(200, good));
  expect(await faultOf(server, { model: 'gpt-5' })).toMatchObject({ code: 'MODEL_NOT_FOUND', message: `GET ${server.url}/v1/models lists no model "gpt-5"; it has m.` });
});

test('cancelling rejects with the reason and hangs up', async () => {
  const server = await serve(() => {});
  const policy = openaiPolicy({ url: server.url, model: 'm' });
  const controller = new AbortController();
  const cancelled = policy.sample(conformanceRequest(), controller.signal);
  while (server.seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  controller.abort(new Error('not needed'));
  await expect(cancelled).rejects.toThrow('not needed');
  while (server.hungUp() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await policy.close();
});

test('after a fault the next request goes through', async () => {
  let call = 0;
  const server = await serve((_, response) => { if (call++ === 0) response.socket!.destroy(); else json(response, 200, good); });
  const policy = openaiPolicy({ url: server.url, model: 'm' });
  await expect(policy.sample(conformanceRequest())).rejects.toMatchObject({ code: 'MODEL_UNREACHABLE' });
  expect((await policy.sample(conformanceRequest())).samples).toEqual([{ text: ' fine.', finish: 'stop', tokens: 2 }]);
  await policy.close();
});
