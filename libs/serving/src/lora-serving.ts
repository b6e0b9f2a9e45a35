import { resolve } from 'node:path';
import { FaultError } from '@slowthink/faults';
import { loraDialects, type LoraDialect } from './lora-dialects.ts';
import { readLoraReply, type LoraOutcome } from './lora-reply.ts';
import { serverAddress } from './server-address.ts';
import { namesOf, NotThere, refusedKey, serverApi, type ListedModel } from './server-api.ts';
import type { ServedModel, Serving } from './serving.ts';
import type { ServingOptions } from './serving-form.ts';
import { shownServing } from './shown-serving.ts';

const hint = 'Write it as lora:URL#BASE, BASE being the name under which the server lists the model that the adapters are laid over: lora:http://127.0.0.1:8000#llama (docs/serving.md).';

interface Loaded { readonly served: ServedModel; readonly dialect: LoraDialect }

/**
 * A vLLM or SGLang server that goes on running and loads the LoRA adapter of each model. The new one is loaded and seen in GET /v1/models before the one before is unloaded, so a refusal leaves that one served; only where the
 * server holds no more of them is it unloaded first, and loaded again when the new one fails. An adapter of the same name, of an earlier attempt, is replaced.
 * SETTING_INVALID; SERVING_FAILED with the server's words.
 */
export function loraServing(name: string, { apiKey, readyMs = 900_000, say = () => {} }: ServingOptions): Serving {
  const text = name.slice('lora:'.length), hash = text.indexOf('#');
  const base = hash < 0 ? '' : text.slice(hash + 1);
  const address = serverAddress(hash < 0 ? text : text.slice(0, hash), name, hint);
  if (base === '') throw new FaultError('SETTING_INVALID', `--serving "lora:${address.shown}": the name of the base model is missing after "#".`, { hint });
  const api = serverApi(address, apiKey);
  let before: Loaded | undefined;

  const failed = (served: ServedModel, why: string, next?: string): FaultError => new FaultError('SERVING_FAILED', `${served.name} is not served at ${api.shown}: ${why.replace(/\.$/, '')}.${before === undefined ? '' : ` ${before.served.name} still is.`}`, next === undefined ? {} : { hint: next });
  const list = async (served: ServedModel, signal: AbortSignal): Promise<readonly ListedModel[]> => {
    try { return await api.models(signal); } catch (error) { throw error instanceof NotThere ? failed(served, error.message, 'Start the server, or correct the address in --serving.') : error; }
  };
  const post = async (served: ServedModel, path: string, body: object, signal: AbortSignal): Promise<LoraOutcome> => {
    try { return readLoraReply(await api.send('POST', path, body, readyMs, signal)); } catch (error) { throw error instanceof NotThere ? failed(served, `POST ${path} failed: ${error.message}`) : error; }
  };
  const load = ({ served, dialect }: Loaded, signal: AbortSignal) => post(served, dialect.load, { lora_name: served.name, lora_path: resolve(served.adapter!) }, signal);
  const unload = ({ served, dialect }: Loaded, signal: AbortSignal) => post(served, dialect.unload, { lora_name: served.name }, signal);

  /** Loads it as the first dialect that knows how; what was loaded by an earlier attempt is replaced, and room is made. */
  const loadSomehow = async (served: ServedModel, models: readonly ListedModel[], signal: AbortSignal): Promise<Loaded> => {
    const owner = models.find(({ id }) => id === base)?.owned_by ?? '';
    const known = loraDialects.filter(({ owners }) => owners.includes(owner));
    let last: { readonly one: Loaded; readonly outcome: Exclude<LoraOutcome, { kind: 'done' }> } | undefined;
    for (const dialect of known.length > 0 ? known : loraDialects) {
      const one: Loaded = { served, dialect };
      if (models.some(({ id }) => id === served.name)) await unload(one, signal);
      let outcome = await load(one, signal);
      if (outcome.kind === 'already loaded') { await unload(one, signal); outcome = await load(one, signal); }
      if (outcome.kind === 'too many' && before !== undefined) outcome = await loadInstead(one, before, signal);
      if (outcome.kind === 'done') return one;
      last = { one, outcome };
      if (outcome.kind !== 'disabled') break;
    }
    const { one: { dialect }, outcome: { kind, said } } = last!;
    const where = `POST ${dialect.load}`, { adapter } = served;
    if (kind === 'unauthorized') throw refusedKey(`POST ${api.shown}${dialect.load}`, Number(said.slice(0, 3)));
    if (kind === 'disabled') throw failed(served, `it does not load adapters while it runs (${where} answered ${said})`, known.length === 0 ? loraDialects.map(({ label, startWith }) => `${label}: ${startWith}`).join('; ') : `Start it with ${dialect.startWith}`);
    if (kind === 'not found') throw failed(served, `the server does not find ${resolve(adapter!)} (${where} answered ${said})`, 'The folder has to be there under the same path on the machine of the server: share the file system.');
    if (kind === 'too many') throw failed(served, `it holds no more adapters (${where} answered ${said})`, `It has ${namesOf(models.filter(({ parent }) => parent === base))}: unload what is not needed, or raise its limit.`);
    throw failed(served, `${where} answered ${said}`, 'Rank and modules of the adapter have to be allowed by the server: --max-lora-rank, and for SGLang --lora-target-modules.');
  };
  const loadInstead = async (one: Loaded, other: Loaded, signal: AbortSignal): Promise<LoraOutcome> => {
    const gone = await unload(other, signal);
    if (gone.kind !== 'done') return gone;
    const outcome = await load(one, signal);
    if (outcome.kind === 'done' || (await load(other, signal)).kind !== 'done') before = undefined; // it is served no more
    return outcome;
  };

  return {
    name: shownServing(name),
    weights: 'adapter',
    lasts: () => true,
    serve: async (served, signal) => {
      signal.throwIfAborted();
      if (served.adapter === null) throw failed(served, 'it has no LoRA adapter', 'Train with LoRA, or use --serving restart:…, which serves whole models.');
      const policyOf = ({ dialect }: Loaded) => `openai:${address.url}#${dialect.modelOf(base, served.name)}@${served.sha256}`;
      const models = await list(served, signal);
      if (before?.served.name === served.name && before.served.sha256 === served.sha256 && models.some(({ id }) => id === served.name)) return policyOf(before);
      if (!models.some(({ id }) => id === base)) throw failed(served, `the server lists ${namesOf(models)}, and no ${base}`, hint);
      const loaded = await loadSomehow(served, models, signal);
      const after = await list(served, signal);
      if (!after.some(({ id }) => id === served.name)) throw failed(served, `${loaded.dialect.label} said that it is loaded, but GET /v1/models lists ${namesOf(after)}`);
      const old = before;
      before = loaded;
      if (old !== undefined && old.served.name !== served.name) {
        const gone = await unload(old, signal);
        if (gone.kind !== 'done') say(`${old.served.name} could not be unloaded from ${api.shown} (${gone.said}); it only takes memory there.`);
      }
      return policyOf(loaded);
    },
    close: async () => {},
  };
}
