import { setTimeout as wait } from 'node:timers/promises';
import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import { FaultError } from '@slowthink/faults';

/** Where the hub is and who asks. */
export interface HubSettings {
  readonly endpoint: string; // without a slash at its end
  readonly token?: string | undefined; // sent to the endpoint's own host only
  readonly stallMs?: number; // longest wait for a connection, an answer, or its next bytes; 30 s when left out
  readonly againMs?: number; // first wait before another try, doubled with each; 250 ms when left out
}

/** An answer with its body still unread. */
export type HubAnswer = Dispatcher.ResponseData;

const tries = 5;
const redirectsMax = 5;
const waitsMaxMs = 60_000;

/**
 * Requests to a hub of data sets, through the proxy that the environment names. Redirects are followed, without the token on another host. Answers 429 and 5xx and lost connections are tried again, five times in all, after what Retry-After says (a minute at most) or
 * a doubling wait. Faults: HUB_UNREACHABLE, HUB_OVERLOADED, HUB_UNAUTHORIZED (401, 403), HUB_NOT_FOUND (404); `what` names what was asked for in their messages.
 */
export class HubServer {
  readonly #settings: HubSettings;
  readonly #agent: EnvHttpProxyAgent;

  constructor(settings: HubSettings) {
    const stallMs = settings.stallMs ?? 30_000;
    this.#settings = settings;
    this.#agent = new EnvHttpProxyAgent({ headersTimeout: stallMs, bodyTimeout: stallMs, connect: { timeout: stallMs } });
  }

  /** A JSON answer and the address of its next page, if there is one. */
  async json(path: string, what: string): Promise<{ readonly value: unknown; readonly next?: string }> {
    const url = path.startsWith('http') ? path : `${this.#settings.endpoint}${path}`;
    return this.again(what, async () => {
      const { body, headers } = await this.get(url, what);
      const text = await body.text();
      const next = /<([^>]+)>;\s*rel="next"/u.exec(String(headers['link'] ?? ''))?.[1];
      try { return { value: JSON.parse(text) as unknown, ...(next === undefined ? {} : { next }) }; } catch (cause) { throw new FaultError('HUB_UNREACHABLE', `${hostOf(url)} answered to ${what} with no JSON (${JSON.stringify(text.slice(0, 60))}).`, { cause, hint: 'Check HF_ENDPOINT: it is the address of a hub, or of a mirror that answers as one.' }); }
    });
  }

  /** One GET, redirects followed. Throws what failed as a fault; a 429 or 5xx as one that may be tried again. */
  async get(url: string, what: string, headers: { readonly [name: string]: string } = {}): Promise<HubAnswer> {
    const home = new URL(this.#settings.endpoint).origin;
    let address = new URL(url);
    for (let hop = 0; hop <= redirectsMax; hop += 1) {
      const authorization = this.#settings.token !== undefined && address.origin === home ? { authorization: `Bearer ${this.#settings.token}` } : {};
      const answer = await request(address, { dispatcher: this.#agent, headers: { 'user-agent': 'slowthink', 'accept-encoding': 'identity', ...headers, ...authorization } });
      if (answer.statusCode < 300 || answer.statusCode === 416) return answer;
      await answer.body.dump();
      const location = answer.headers['location'];
      if (answer.statusCode >= 400 || typeof location !== 'string') throw faultOf(answer, address, what, this.#settings.token !== undefined);
      address = new URL(location, address);
    }
    throw new FaultError('HUB_UNREACHABLE', `${what}: more than ${redirectsMax} redirects, the last one to ${address.host}.`);
  }

  /** Does something up to five times; what cannot get better by that ends it at once. */
  async again<T>(what: string, attempt: (at: number) => Promise<T>): Promise<T> {
    const attempts: string[] = [];
    for (let at = 1; ; at += 1) {
      try { return await attempt(at); } catch (error) {
        const fault = error instanceof FaultError ? error : faultOfConnection(error as Error, hostOf(this.#settings.endpoint), what);
        attempts.push(fault.message);
        if (!fault.retry || at === tries) throw new FaultError(fault.code, fault.message, { hint: fault.hint, cause: fault, attempts });
        await wait(Math.min(fault.retryAfterMs ?? (this.#settings.againMs ?? 250) * 2 ** (at - 1), waitsMaxMs));
      }
    }
  }

  async close(): Promise<void> { await this.#agent.destroy(); }
}

const hostOf = (url: string): string => new URL(url).host;

function faultOf({ statusCode, headers }: HubAnswer, address: URL, what: string, hasToken: boolean): FaultError {
  const said = `${address.host} answered ${statusCode}`;
  const reason = String(headers['x-error-code'] ?? '');
  if (statusCode === 404 || (statusCode === 401 && reason === 'RepoNotFound')) {
    const missing = { RepoNotFound: 'there is no such data set, or it is private', RevisionNotFound: 'there is no such revision', EntryNotFound: 'there is no such file' }[reason] ?? 'there is nothing of that name';
    return new FaultError('HUB_NOT_FOUND', `${what}: ${said}, ${missing}.`);
  }
  if (statusCode === 401 || statusCode === 403) {
    const hint = reason === 'GatedRepo' ? `Accept the terms of the data set on its page, and set HF_TOKEN to ${hasToken ? 'a token of the account that did' : 'a token of that account'}.` : hasToken ? 'HF_TOKEN has no right to it: set another one.' : 'Set HF_TOKEN to a token that may read it.';
    return new FaultError('HUB_UNAUTHORIZED', `${what}: ${said}${reason === 'GatedRepo' ? ', the data set is gated' : ''}.`, { hint });
  }
  if (statusCode === 429 || statusCode >= 500) {
    const seconds = Number(headers['retry-after']);
    return new FaultError(statusCode === 429 ? 'HUB_OVERLOADED' : 'HUB_UNREACHABLE', `${what}: ${said}.`, Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {});
  }
  return new FaultError('HUB_NOT_FOUND', `${what}: ${said}.`);
}

function faultOfConnection(error: Error, host: string, what: string): FaultError {
  const code = (error as NodeJS.ErrnoException).code ?? error.name;
  return new FaultError('HUB_UNREACHABLE', `${what}: no answer from ${host} (${code}).`, { cause: error });
}
