import { TextDecoder } from 'node:util';
import { FaultError, crossPoint } from '@slowthink/faults';
import { Pool, type Dispatcher } from 'undici';
import { faultOfConnection, faultOfReply, faultOfStatus, retryAfterMs } from './errors.ts';

export interface ExchangeOptions {
  /** With path, may hold credentials: they are sent as Basic authorization. */
  readonly url: string;
  readonly apiKey?: string;
  /** From the moment the request is written to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Sockets at most; more requests wait for one. */
  readonly connections: number;
  /** Bytes of one answer at most. */
  readonly replyBytesMax: number;
}

export interface Exchange {
  /** Kept connections that the server had closed as a request came: idle ones, or all of a server that was started again. */
  readonly replaced: number;
  /** "POST http://host/path", without credentials: what faults name. */
  where(method: 'GET' | 'POST', path: string): string;
  /** The body of an answer with status 200 as text. With `onText` a streamed answer goes there piece by piece and the result is ''. Faults: MODEL_*. */
  send(method: 'GET' | 'POST', path: string, body: string | null, signal?: AbortSignal, onText?: (text: string) => void): Promise<string>;
  close(): Promise<void>;
}

interface Settings { readonly timeoutMs: number; readonly replyBytesMax: number }

/** Whether a kept connection was closed by the server just as the next request was written on it, as every server does with connections that idle. An UND_ERR_SOCKET whose socket never carried an answer is a server that hangs up, and no such case. */
function wasStale(error: Error): boolean {
  const { code, socket } = error as { code?: string; socket?: { bytesRead?: number } };
  return code === 'ECONNRESET' || code === 'EPIPE' || (code === 'UND_ERR_SOCKET' && (socket?.bytesRead ?? 0) > 0);
}

/** One request: collects the answer, keeps the time and the size, maps every end to one call of resolve or reject. Written against dispatch because that costs a third less than request() and body.text(). */
class Answer implements Dispatcher.DispatchHandler {
  readonly #where: string;
  readonly #settings: Settings;
  readonly #signal: AbortSignal | undefined;
  readonly #onText: ((text: string) => void) | undefined;
  readonly #resolve: (body: string) => void;
  readonly #reject: (reason: unknown) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Writes the request once more; undefined when that was done. */
  #again: (() => void) | undefined;
  #status = 0;
  #retryAfter: number | undefined;
  #decoder: TextDecoder | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #done = false;

  constructor(where: string, settings: Settings, signal: AbortSignal | undefined, onText: ((text: string) => void) | undefined, resolve: (body: string) => void, reject: (reason: unknown) => void) {
    this.#where = where; this.#settings = settings; this.#signal = signal; this.#onText = onText; this.#resolve = resolve; this.#reject = reject;
    signal?.addEventListener('abort', this.#cancel);
  }

  /** Starts. A request whose kept connection proves closed before any byte of an answer is written once more, on another: a sample depends on its seed alone, so it may be asked for twice. */
  begin(dispatch: () => void): void { this.#again = dispatch; crossPoint('request.sending'); dispatch(); }

  #cancel = (): void => this.#fail(this.#signal!.reason);

  #end(): boolean {
    if (this.#done) return false;
    this.#done = true;
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#cancel);
    return true;
  }

  #fail(reason: unknown): void {
    if (!this.#end()) return;
    this.#reject(reason);
    this.#controller?.abort(reason instanceof Error ? reason : new Error('cancelled'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#done) { controller.abort(new Error('cancelled')); return; }
    const { timeoutMs } = this.#settings;
    this.#timer ??= setTimeout(() => this.#fail(new FaultError('MODEL_TIMEOUT', `${this.#where} ${this.#status === 0 ? 'did not answer' : 'did not end its answer'} within ${timeoutMs / 1000} s.`)), timeoutMs);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: { [name: string]: string | string[] | undefined }): void {
    if (status < 200) return;
    crossPoint('reply.beginning');
    this.#status = status;
    this.#retryAfter = retryAfterMs(headers['retry-after'] as string | undefined, Date.now());
    if (status === 200 && this.#onText !== undefined && String(headers['content-type']).startsWith('text/event-stream')) this.#decoder = new TextDecoder();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#done) return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#settings.replyBytesMax) { this.#fail(faultOfReply(this.#where, `more than ${this.#settings.replyBytesMax} bytes`)); return; }
    if (this.#decoder === undefined) { this.#chunks.push(chunk); return; }
    try { this.#onText!(this.#decoder.decode(chunk, { stream: true })); } catch (error) { this.#fail(error); }
  }

  onResponseEnd(): void {
    if (!this.#end()) return;
    crossPoint('reply.received');
    const body = this.#chunks.length === 1 ? this.#chunks[0]!.toString() : Buffer.concat(this.#chunks).toString();
    if (this.#status === 200) this.#resolve(body);
    else this.#reject(faultOfStatus(this.#where, this.#status, body, this.#retryAfter));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const again = this.#again;
    this.#again = undefined;
    if (!this.#done && this.#status === 0 && again !== undefined && wasStale(error)) { again(); return; }
    if (this.#end()) this.#reject(faultOfConnection(this.#where, error));
  }
}

/** HTTP/1.1 to one server over keep-alive sockets. The key and the password are in no message. */
export function openExchange(options: ExchangeOptions): Exchange {
  const { origin, pathname, username, password } = new URL(options.url);
  const base = pathname.replace(/\/+$/, '');
  const basic = username === '' ? undefined : `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
  const authorization = options.apiKey ? `Bearer ${options.apiKey}` : basic;
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...(authorization === undefined ? {} : { authorization }) };
  // uvicorn (vLLM, SGLang, llama-cpp-python) closes a connection after 5 s without a request; letting go first, with room for a late timer, is what keeps both sides of one mind.
  const pool = new Pool(origin, { connections: options.connections, pipelining: 1, keepAliveTimeout: 3000, headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 10_000 } });
  const secrets = [options.apiKey, decodeURIComponent(password)].filter((secret): secret is string => secret !== undefined && secret.length > 3);
  const withoutSecrets = (reason: unknown): unknown => {
    if (!(reason instanceof FaultError) || !secrets.some((secret) => reason.message.includes(secret))) return reason;
    const message = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), reason.message);
    return new FaultError(reason.code, message, reason.retryAfterMs === undefined ? {} : { retryAfterMs: reason.retryAfterMs });
  };
  const where = (method: string, path: string) => `${method} ${origin}${base}${path}`;
  let replaced = 0;
  return {
    get replaced() { return replaced; },
    where,
    send: (method, path, body, signal, onText) => new Promise((resolve, reject) => {
      if (signal?.aborted) { reject(signal.reason); return; }
      const answer = new Answer(where(method, path), options, signal, onText, resolve, secrets.length === 0 ? reject : (reason) => reject(withoutSecrets(reason)));
      let dispatched = false;
      answer.begin(() => { if (dispatched) replaced++; dispatched = true; pool.dispatch({ method, path: base + path, headers, body }, answer); });
    }),
    close: () => pool.destroy(),
  };
}
