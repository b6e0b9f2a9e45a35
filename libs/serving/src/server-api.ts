import { FaultError } from '@slowthink/faults';
import { request } from 'undici';
import type { ServerAddress } from './server-address.ts';

/** A row of GET /v1/models. */
export interface ListedModel {
  readonly id: string;
  readonly owned_by?: string;
  readonly parent?: string | null; // of an adapter: the model it is laid over
  readonly root?: string; // of an adapter: its folder, as vLLM and SGLang say
}

export interface ServerReply {
  readonly status: number;
  readonly body: unknown; // parsed JSON, or the text
}

/** One server, spoken to over a new connection each time: it may have been started anew in between. */
export interface ServerApi {
  readonly shown: string; // its address, without a password
  /** Rejects with NotThere where there is no answer. */
  send(method: 'GET' | 'POST', path: string, body: object | undefined, timeoutMs: number, signal: AbortSignal): Promise<ServerReply>;
  /** What it lists. NotThere: nobody answers, or not yet (503, a page that is no list). SERVING_FAILED: it wants another key. */
  models(signal: AbortSignal): Promise<readonly ListedModel[]>;
}

/** There is no server, or it is not ready. */
export class NotThere extends Error {}

const listMs = 10_000;
const reasons: { readonly [code: string]: string } = { ECONNREFUSED: 'nothing listens there', ENOTFOUND: 'the name of the host is not known', EAI_AGAIN: 'the name of the host could not be looked up', ECONNRESET: 'it closes the connection', UND_ERR_SOCKET: 'it closes the connection' };

export function serverApi({ url, shown }: ServerAddress, apiKey: string | null = process.env['SLOWTHINK_MODELS_API_KEY'] || null): ServerApi {
  const { origin, pathname, username, password } = new URL(url);
  const base = origin + pathname.replace(/\/+$/, '');
  const basic = username === '' ? undefined : `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
  const authorization = apiKey === null ? basic : `Bearer ${apiKey}`;
  const headers = { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) };
  const send: ServerApi['send'] = async (method, path, body, timeoutMs, signal) => {
    const until = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const reply = await request(base + path, { method, headers, body: body === undefined ? null : JSON.stringify(body), reset: true, headersTimeout: timeoutMs, bodyTimeout: timeoutMs, signal: until });
      const text = await reply.body.text();
      try { return { status: reply.statusCode, body: JSON.parse(text) as unknown }; } catch { return { status: reply.statusCode, body: text }; }
    } catch (error) {
      signal.throwIfAborted();
      const { code = '', message } = error as NodeJS.ErrnoException;
      throw new NotThere(until.aborted ? `it did not answer within ${timeoutMs / 1000} s` : reasons[code] ?? message, { cause: error });
    }
  };
  return {
    shown, send,
    models: async (signal) => {
      const { status, body } = await send('GET', '/v1/models', undefined, listMs, signal);
      if (status === 401 || status === 403) throw refusedKey(`GET ${shown}/v1/models`, status);
      const data = (body as { readonly data?: unknown } | null)?.data;
      if (status !== 200 || !Array.isArray(data)) throw new NotThere(`GET /v1/models answered ${status}${status === 200 ? ' without a list of models' : ''}`);
      return data.filter((row): row is ListedModel => typeof (row as ListedModel | null)?.id === 'string');
    },
  };
}

export const refusedKey = (where: string, status: number): FaultError => new FaultError('SERVING_FAILED', `${where} answered ${status}: it wants another key.`, { hint: 'Set the key of the model server in SLOWTHINK_MODELS_API_KEY.' });

/** Names for a message, at most ten. */
export const namesOf = (models: readonly ListedModel[]): string => (models.length === 0 ? 'no model' : models.slice(0, 10).map(({ id }) => id).join(', ') + (models.length > 10 ? ', …' : ''));
