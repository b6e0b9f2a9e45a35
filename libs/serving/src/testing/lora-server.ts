// A server that answers as vLLM and SGLang do when adapters are loaded, replayed from their documentation and sources (docs/serving.md lists them). Real HTTP, no model.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Asked { readonly method: string; readonly path: string; readonly body: { readonly lora_name?: string; readonly lora_path?: string }; readonly authorization: string | undefined }

export interface LoraServer {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** name -> folder of what is loaded. */
  readonly loaded: Map<string, string>;
}

export interface Behaviour {
  /** Adapters at most (SGLang: --max-loaded-loras). */
  readonly adaptersMax?: number;
  /** Started without what loading needs. */
  readonly disabled?: boolean;
  readonly key?: string;
  /** Answers a load instead; undefined: as usual. */
  readonly onLoad?: (asked: Asked) => readonly [status: number, body: unknown] | undefined;
  /** Says that it loaded, and does not list it. */
  readonly forgets?: boolean;
}

const send = (response: ServerResponse, status: number, body: unknown): void => { response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' }).end(typeof body === 'string' ? body : JSON.stringify(body)); };

/** `kind` vllm: {error: {message, type, code}} and a plain text on success; sglang: {success, error_message, loaded_adapters}; other: a server that knows nothing of adapters. */
export async function loraServer(kind: 'vllm' | 'sglang' | 'other', { adaptersMax = Infinity, disabled = kind === 'other', key, onLoad, forgets = false }: Behaviour = {}): Promise<LoraServer> {
  const asked: Asked[] = [], loaded = new Map<string, string>();
  const prefix = kind === 'vllm' ? '/v1' : '';
  const vllmError = (response: ServerResponse, status: number, type: string, message: string): void => send(response, status, { error: { message, type, param: null, code: status } });
  const sglang = (response: ServerResponse, error?: string): void => send(response, error === undefined ? 200 : 400, { success: error === undefined, error_message: error ?? '', loaded_adapters: Object.fromEntries(loaded) });

  const answer = (one: Asked, response: ServerResponse): void => {
    const { lora_name: name = '', lora_path: path = '' } = one.body;
    if (key !== undefined && one.authorization !== `Bearer ${key}`) { send(response, 401, { error: 'Unauthorized' }); return; }
    if (one.path === '/v1/models') {
      const base = { id: 'llama', object: 'model', created: 1, owned_by: kind, root: '/models/llama', parent: null, max_model_len: 8192 };
      send(response, 200, { object: 'list', data: [base, ...[...loaded].map(([id, root]) => ({ id, object: 'model', created: 2, owned_by: kind, root, parent: 'llama', max_model_len: null }))] });
      return;
    }
    const load = one.path === `${prefix}/load_lora_adapter`;
    if (!load && one.path !== `${prefix}/unload_lora_adapter`) { send(response, 404, { detail: 'Not Found' }); return; }
    if (disabled) { if (kind === 'sglang') sglang(response, 'LoRA is not enabled. Please set `--enable-lora` to enable LoRA.'); else send(response, 404, { detail: 'Not Found' }); return; }
    const other = load ? onLoad?.(one) : undefined;
    if (other !== undefined) { send(response, ...other); return; }
    if (load && loaded.has(name)) { if (kind === 'vllm') vllmError(response, 400, 'InvalidUserInput', `The lora adapter '${name}' has already been loaded. If you want to load the adapter in place, set 'load_inplace' to True.`); else sglang(response, `LoRA adapter ${name} already exists.`); return; }
    if (load && path.includes('absent')) { if (kind === 'vllm') vllmError(response, 404, 'NotFoundError', `Loading lora ${name} failed: No adapter found for ${path}`); else sglang(response, `Failed to load LoRA adapter ${name}: No such file or directory: '${path}/adapter_config.json'`); return; }
    if (load && loaded.size >= adaptersMax) { sglang(response, `Cannot load LoRA adapter ${name} at path ${path}. Maximum number of loaded LoRA adapters is ${adaptersMax}. Please unload some LoRA adapters before loading new ones.`); return; }
    if (!load && !loaded.has(name)) { if (kind === 'vllm') vllmError(response, 404, 'NotFoundError', `The lora adapter '${name}' cannot be found.`); else sglang(response, `LoRA adapter with name ${name} does not exist. Loaded LoRA adapters: {}`); return; }
    if (!load) loaded.delete(name); else if (!forgets) loaded.set(name, path);
    if (kind === 'vllm') send(response, 200, `Success: LoRA adapter '${name}' ${load ? 'added' : 'removed'} successfully.`); else sglang(response);
  };
  const server = createServer((request, response) => {
    let raw = '';
    request.on('data', (chunk: Buffer) => { raw += chunk.toString(); });
    request.on('end', () => {
      const one: Asked = { method: request.method!, path: request.url!, body: raw === '' ? {} : JSON.parse(raw) as Asked['body'], authorization: request.headers.authorization };
      asked.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  onTestFinished(() => new Promise((resolve) => { server.close(() => resolve()); server.closeAllConnections(); }));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, loaded };
}
