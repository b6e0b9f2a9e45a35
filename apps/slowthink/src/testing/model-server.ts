// A small OpenAI-compatible model server for tests of the command line: real HTTP, no model. The text of a sample is a hash of prompt and seed, so a run against it can be repeated byte for byte.
import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'vitest';

export interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
  /** '' for a GET. */
  readonly prompt: string;
  readonly n: number;
  readonly seed: number;
  readonly stop: readonly string[];
}

/** What a request gets. */
export type Behaviour = (asked: Asked, response: ServerResponse) => void;

export interface ModelServer {
  readonly port: number;
  /** Value of --policy. */
  readonly policy: string;
  /** Requests for completions, oldest first. */
  readonly completions: readonly Asked[];
  /** How completions are answered from now on; `ok` at first. */
  answer: Behaviour;
  /** How GET /v1/models is answered from now on; the list of one model at first. */
  models: Behaviour;
  /** Another value is another revision of the model. */
  weights: number;
  close(): Promise<void>;
}

const model = 'hash';

export const json = (response: ServerResponse, status: number, value: unknown, headers: { readonly [name: string]: string } = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(typeof value === 'string' ? value : JSON.stringify(value));
};

/** What `ok` says: steps in the format "Step k: …", an answer letter at the end of a whole solution, Reason or Finish for a choice, all as the hash of prompt and seed has it. A byte is a token. */
export function replyOf({ prompt, n, seed, stop }: Asked) {
  const choices = Array.from({ length: n }, (_, index) => ({ index, text: textOf(prompt, seed + index, stop), finish_reason: 'stop' }));
  return { object: 'text_completion', model, choices, usage: { prompt_tokens: Buffer.byteLength(prompt), completion_tokens: choices.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) } };
}
export const ok: Behaviour = (asked, response) => json(response, 200, replyOf(asked));

/** An error in OpenAI's shape. */
export const status = (code: number, message: string, headers: { readonly [name: string]: string } = {}): Behaviour => (_asked, response) => json(response, code, { error: { message, type: 'error', code: null } }, headers);
export const garbage: Behaviour = (_asked, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Welcome to the router</body></html>');
export const halfJson: Behaviour = (_asked, response) => json(response, 200, '{"choices": [{"index": 0, "text": " consi');
export const never: Behaviour = () => {};
export const after = (delayMs: number, behaviour: Behaviour): Behaviour => (asked, response) => { setTimeout(() => behaviour(asked, response), delayMs); };
/** The first `count` requests one way, the rest another. */
export const first = (count: number, before: Behaviour, then: Behaviour): Behaviour => { let seen = 0; return (asked, response) => (seen++ < count ? before : then)(asked, response); };
/** Keeps every request until the door opens; from then on all get what `open` was last told. */
export function door(): { readonly behaviour: Behaviour; open(then: Behaviour): void } {
  const opened = Promise.withResolvers<void>();
  let then: Behaviour = never;
  return { behaviour: (asked, response) => { void opened.promise.then(() => then(asked, response)); }, open: (behaviour) => { then = behaviour; opened.resolve(); } };
}
/** Requests whose prompt holds a text one way, the others another. */
export const where = (text: string, special: Behaviour, other: Behaviour): Behaviour => (asked, response) => (asked.prompt.includes(text) ? special : other)(asked, response);

function textOf(prompt: string, seed: number, stop: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([prompt, seed])).digest();
  const open = /Step (\d+):\s*$/.exec(prompt);
  if (open === null) return hash[0]! % 3 === 0 ? 'Finish' : 'Reason';
  const solution = [...Array.from({ length: hash[1]! % 3 }, (_, at) => `consider sign ${hash[2 + at]} of the patient.`), `The answer is ${'AB'[hash[9]! % 2]}.`];
  const text = solution.map((step, at) => (at === 0 ? ` ${step}` : `Step ${Number(open[1]) + at}: ${step}`)).join('\n\n');
  const ends = stop.map((one) => text.indexOf(one)).filter((at) => at >= 0);
  return ends.length === 0 ? text : text.slice(0, Math.min(...ends));
}

/** A server of one test's own, closed after it: tests that run beside each other share nothing. */
export async function serverOf({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): Promise<ModelServer> {
  const server = await startModelServer();
  onTestFinished(() => server.close());
  return server;
}

/** Listens on a free port of this machine, or on the given one. */
export async function startModelServer(port = 0): Promise<ModelServer> {
  const sockets = new Set<Socket>();
  const completions: Asked[] = [];
  const http = createServer((request, response) => {
    let raw = '';
    request.on('data', (chunk: Buffer) => { raw += chunk.toString(); });
    request.on('end', () => {
      const body = (raw === '' ? {} : JSON.parse(raw)) as { prompt?: string; n?: number; seed?: number; stop?: readonly string[] };
      const asked: Asked = { path: request.url!, authorization: request.headers.authorization, prompt: body.prompt ?? '', n: body.n ?? 1, seed: body.seed ?? 0, stop: body.stop ?? [] };
      if (request.method === 'GET') { self.models(asked, response); return; }
      completions.push(asked);
      self.answer(asked, response);
    });
  });
  http.on('connection', (socket: Socket) => { sockets.add(socket); socket.on('close', () => sockets.delete(socket)); });
  await new Promise<void>((resolve) => { http.listen(port, '127.0.0.1', resolve); });
  const at = (http.address() as AddressInfo).port;
  const self: ModelServer = {
    port: at, policy: `openai:http://127.0.0.1:${at}#${model}`, completions, weights: 1, answer: ok,
    models: (_asked, response) => json(response, 200, { object: 'list', data: [{ id: model, object: 'model', owned_by: 'somebody', meta: { weights: self.weights } }] }),
    close: () => new Promise((resolve) => { for (const socket of sockets) socket.destroy(); http.close(() => resolve()); }),
  };
  return self;
}
