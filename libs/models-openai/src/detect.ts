import { FaultError } from '@slowthink/faults';
import type { PolicyDescription } from '@slowthink/models';
import { dialects, type Dialect, type DialectName } from './dialects.ts';
import { faultOfReply } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { revisionOf, withoutFolder, type ListedModel } from './revision.ts';

export interface Server {
  readonly dialect: Dialect;
  readonly description: PolicyDescription;
}

export interface Asked {
  readonly model: string;
  readonly revision?: string;
  readonly dialect: DialectName | 'auto';
}

const parse = <Value>(exchange: Exchange, path: string, body: string): Value => {
  try { return JSON.parse(body) as Value; } catch (cause) { throw faultOfReply(exchange.where('GET', path), 'something that is not JSON', body, cause); }
};

/** A page that a server may lack: undefined when it does. */
async function optional<Value>(exchange: Exchange, path: string, signal?: AbortSignal): Promise<Value | undefined> {
  try { return parse<Value>(exchange, path, await exchange.send('GET', path, null, signal)); } catch (error) {
    if (error instanceof FaultError && (error.code === 'MODEL_NOT_FOUND' || error.code === 'MODEL_REFUSED' || error.code === 'MODEL_REPLY_INVALID' || error.code === 'MODEL_UNAUTHORIZED')) return undefined;
    throw error;
  }
}

const positive = (value: unknown): number | undefined => (typeof value === 'number' && value > 0 ? value : undefined);

async function recognise(exchange: Exchange, listed: ListedModel | undefined, signal?: AbortSignal): Promise<Dialect> {
  const byOwner = Object.values(dialects).find((dialect) => listed?.owned_by !== undefined && dialect.owners.includes(listed.owned_by));
  if (byOwner !== undefined) return byOwner;
  if (listed?.owned_by !== undefined && listed.owned_by === listed.id) { // TGI lists the model as its own owner
    const info = await optional<{ router?: string }>(exchange, '/info', signal);
    if (info?.router?.startsWith('text-generation') === true) return dialects.tgi;
  }
  return dialects.generic;
}

async function contextOf(exchange: Exchange, dialect: Dialect, listed: ListedModel | undefined, signal?: AbortSignal): Promise<number | undefined> {
  switch (dialect.context) {
    case 'props': { // of one slot: the server splits its context over them
      const props = await optional<{ default_generation_settings?: { n_ctx?: unknown } }>(exchange, '/props', signal);
      return positive(props?.default_generation_settings?.n_ctx) ?? positive(listed?.meta?.['n_ctx']);
    }
    case 'max_model_len': return positive(listed?.max_model_len);
    case 'info': return positive((await optional<{ max_total_tokens?: unknown }>(exchange, '/info', signal))?.max_total_tokens);
    case 'unknown': return positive(listed?.max_model_len) ?? positive(listed?.meta?.['n_ctx']);
  }
}

/** Asks the server what it is: GET /v1/models, then the page of its dialect that knows the context. Faults: MODEL_NOT_FOUND names the models there are; a server without the page needs dialect and revision. */
export async function detect(exchange: Exchange, asked: Asked, signal?: AbortSignal): Promise<Server> {
  const path = '/v1/models';
  const settled = asked.dialect !== 'auto' && asked.revision !== undefined;
  const list = settled ? await optional<{ data?: unknown }>(exchange, path, signal) : parse<{ data?: unknown }>(exchange, path, await exchange.send('GET', path, null, signal));
  if (!settled && !Array.isArray(list?.data)) throw faultOfReply(exchange.where('GET', path), 'without a list of models', JSON.stringify(list));
  const models = (Array.isArray(list?.data) ? list.data : []).filter((model): model is ListedModel => typeof (model as ListedModel | null)?.id === 'string');
  const listed = models.find((model) => model.id === asked.model || model.aliases?.includes(asked.model) || model.id === `${asked.model}:latest` || (model.parent && `${model.parent}:${model.id}` === asked.model)); // SGLang lists an adapter by its name and wants it asked as BASE:NAME
  if (listed === undefined && models.length > 0) {
    const names = models.slice(0, 10).map((model) => model.id).join(', ');
    throw new FaultError('MODEL_NOT_FOUND', `${exchange.where('GET', path)} lists no model "${asked.model}"; it has ${names}${models.length > 10 ? ', …' : ''}.`);
  }
  if (listed?.parent && listed.owned_by === 'sglang' && listed.id === asked.model) throw new FaultError('MODEL_NOT_FOUND', `${exchange.where('GET', path)} lists "${asked.model}" as an adapter over ${listed.parent}; SGLang answers that name with ${listed.parent} itself.`, { hint: `Ask for ${listed.parent}:${listed.id}.` });
  const dialect = asked.dialect === 'auto' ? await recognise(exchange, listed, signal) : dialects[asked.dialect];
  const revision = asked.revision ?? revisionOf(listed ?? { id: asked.model });
  const base = models.find((model) => model.id === listed?.parent); // an adapter has the context of its base, which may be all that is listed
  return { dialect, description: { model: withoutFolder(asked.model), revision, contextTokens: await contextOf(exchange, dialect, listed, signal) ?? positive(base?.max_model_len) } };
}
