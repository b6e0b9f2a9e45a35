import { describe, expect, it } from 'vitest';
import { servingForm, type ServingOptions } from './serving-form.ts';
import type { ServedModel } from './serving.ts';
import { loraServer, type LoraServer } from './testing/lora-server.ts';

const { signal } = new AbortController();
const model = (name: string, change: Partial<ServedModel> = {}): ServedModel => ({ name, model: `/evolution/${name}/model`, adapter: `/evolution/${name}/adapter`, sha256: `${name}-hash`, ...change });
const open = ({ url }: LoraServer, options: Partial<ServingOptions> = {}) => servingForm(`lora:${url}#llama`, { folder: '/nowhere', ...options });
/** What was posted, oldest first: "load round-1". */
const posted = ({ asked }: LoraServer): readonly string[] => asked.filter(({ method }) => method === 'POST').map(({ path, body }) => `${path.replace(/_lora_adapter$/, '')} ${body.lora_name}`);

describe('vLLM', () => {
  it('loads each adapter, then unloads the one before, and is asked by the name of the adapter', async () => {
    const server = await loraServer('vllm');
    const serving = open(server);
    expect(await serving.serve(model('round-1'), signal)).toBe(`openai:${server.url}#round-1@round-1-hash`);
    expect(await serving.serve(model('round-2'), signal)).toBe(`openai:${server.url}#round-2@round-2-hash`);
    expect(posted(server)).toEqual(['/v1/load round-1', '/v1/load round-2', '/v1/unload round-1']);
    expect([...server.loaded]).toEqual([['round-2', '/evolution/round-2/adapter']]);
    expect(await serving.serve(model('round-2'), signal)).toBe(`openai:${server.url}#round-2@round-2-hash`);
    expect(posted(server)).toHaveLength(3);
    await serving.close();
    expect(server.loaded.size).toBe(1);
  });

  it('has an adapter of an earlier attempt replaced, also one that it does not list', async () => {
    const server = await loraServer('vllm');
    server.loaded.set('round-1', '/elsewhere');
    await open(server).serve(model('round-1'), signal);
    expect(posted(server)).toEqual(['/v1/unload round-1', '/v1/load round-1']);
    expect([...server.loaded]).toEqual([['round-1', '/evolution/round-1/adapter']]);

    let refused = 0;
    const hidden = await loraServer('vllm', { onLoad: () => (refused++ === 0 ? [400, { object: 'error', message: "The lora adapter 'round-1' has already been loaded.", type: 'InvalidUserInput', code: 400 }] : undefined) }); // the flat shape of older ones
    await open(hidden).serve(model('round-1'), signal);
    expect(posted(hidden)).toEqual(['/v1/load round-1', '/v1/unload round-1', '/v1/load round-1']);
  });

  it('that refuses the next adapter goes on with the one before', async () => {
    const server = await loraServer('vllm', { onLoad: ({ body }) => (body.lora_name === 'round-2' ? [400, { error: { message: 'LoRA rank 64 is greater than max_lora_rank 16.', type: 'BadRequestError', code: 400 } }] : undefined) });
    const serving = open(server);
    await serving.serve(model('round-1'), signal);
    await expect(serving.serve(model('round-2'), signal)).rejects.toMatchObject({ code: 'SERVING_FAILED', message: `round-2 is not served at ${server.url}: POST /v1/load_lora_adapter answered 400: LoRA rank 64 is greater than max_lora_rank 16. round-1 still is.`, hint: expect.stringContaining('--max-lora-rank') as string });
    expect([...server.loaded.keys()]).toEqual(['round-1']);
  });
});

describe('SGLang', () => {
  it('is asked as BASE:NAME, since it answers the name alone with the base', async () => {
    const server = await loraServer('sglang');
    expect(await open(server).serve(model('round-1'), signal)).toBe(`openai:${server.url}#llama:round-1@round-1-hash`);
    expect(posted(server)).toEqual(['/load round-1']);
  });

  it('that holds no more adapters unloads the one before first', async () => {
    const server = await loraServer('sglang', { adaptersMax: 1 });
    const serving = open(server);
    await serving.serve(model('round-1'), signal);
    await serving.serve(model('round-2'), signal);
    expect(posted(server)).toEqual(['/load round-1', '/load round-2', '/unload round-1', '/load round-2']);
    expect([...server.loaded.keys()]).toEqual(['round-2']);
  });

  it('loads the one before again where the next fails for another reason', async () => {
    let loads = 0;
    const server = await loraServer('sglang', { adaptersMax: 1, onLoad: ({ body }) => (body.lora_name === 'round-2' && ++loads === 2 ? [400, { success: false, error_message: 'The adapter has modules that are not allowed.', loaded_adapters: {} }] : undefined) });
    const serving = open(server);
    await serving.serve(model('round-1'), signal);
    await expect(serving.serve(model('round-2'), signal)).rejects.toMatchObject({ message: expect.stringMatching(/modules that are not allowed\. round-1 still is\.$/) as string });
    expect([...server.loaded.keys()]).toEqual(['round-1']);
  });

  it('that is full of others is told to make room', async () => {
    const server = await loraServer('sglang', { adaptersMax: 1 });
    server.loaded.set('somebody-elses', '/x');
    await expect(open(server).serve(model('round-1'), signal)).rejects.toMatchObject({ message: expect.stringContaining('it holds no more adapters (POST /load_lora_adapter answered 400: Cannot load LoRA adapter round-1') as string, hint: 'It has somebody-elses: unload what is not needed, or raise its limit.' });
  });
});

describe.each(['vllm', 'sglang'] as const)('%s', (kind) => {
  it('started without adapters says what to start it with', async () => {
    const server = await loraServer(kind, { disabled: true });
    await expect(open(server).serve(model('round-1'), signal)).rejects.toMatchObject({ code: 'SERVING_FAILED', message: expect.stringContaining('it does not load adapters while it runs') as string, hint: expect.stringContaining(kind === 'vllm' ? 'VLLM_ALLOW_RUNTIME_LORA_UPDATING=True' : '--enable-lora') as string });
  });

  it('that does not see the folder of the adapter says so', async () => {
    const server = await loraServer(kind);
    await expect(open(server).serve(model('round-1', { adapter: '/absent/adapter' }), signal)).rejects.toMatchObject({ message: expect.stringContaining('the server does not find /absent/adapter') as string, hint: expect.stringContaining('share the file system') as string });
  });

  it('is believed only when it lists the adapter', async () => {
    const server = await loraServer(kind, { forgets: true });
    await expect(open(server).serve(model('round-1'), signal)).rejects.toMatchObject({ message: `round-1 is not served at ${server.url}: ${kind === 'vllm' ? 'vLLM' : 'SGLang'} said that it is loaded, but GET /v1/models lists llama.` });
  });

  it('gets the key, and its want of another one is told', async () => {
    const server = await loraServer(kind, { key: 'sk-1' });
    await open(server, { apiKey: 'sk-1' }).serve(model('round-1'), signal);
    await expect(open(server, { apiKey: 'sk-2' }).serve(model('round-1'), signal)).rejects.toMatchObject({ code: 'SERVING_FAILED', message: `GET ${server.url}/v1/models answered 401: it wants another key.`, hint: expect.stringContaining('SLOWTHINK_MODELS_API_KEY') as string });
  });

  it.each<readonly [number, unknown, string]>([[500, 'Internal Server Error', '500: Internal Server Error'], [422, { detail: [{ loc: ['body', 'lora_name'], msg: 'Field required' }] }, '422: [{"loc":["body","lora_name"],"msg":"Field required"}]'], [503, '<html><body>busy</body></html>', '503: busy']])('that answers %i to a load is quoted', async (status, body, said) => {
    const server = await loraServer(kind, { onLoad: () => [status, body] });
    await expect(open(server).serve(model('round-1'), signal)).rejects.toMatchObject({ message: expect.stringContaining(`load_lora_adapter answered ${said}.`) as string });
  });
});

describe('a server that the address does not fit', () => {
  it('knows nothing of adapters: both ways are tried and named', async () => {
    const server = await loraServer('other');
    await expect(open(server).serve(model('round-1'), signal)).rejects.toMatchObject({ hint: expect.stringMatching(/^vLLM: .*; SGLang: /) as string });
    expect(posted(server)).toEqual(['/v1/load round-1', '/load round-1']);
  });

  it('has no such base', async () => {
    const server = await loraServer('vllm');
    await expect(servingForm(`lora:${server.url}/v1/#qwen`, { folder: '/nowhere' }).serve(model('round-1'), signal)).rejects.toMatchObject({ message: `round-1 is not served at ${server.url}: the server lists llama, and no qwen.` });
  });

  it('is not there, or a model has no adapter', async () => {
    const serving = servingForm('lora:http://user:secret@127.0.0.1:9#llama', { folder: '/nowhere' });
    await expect(serving.serve(model('round-1'), signal)).rejects.toMatchObject({ code: 'SERVING_FAILED', message: 'round-1 is not served at http://127.0.0.1:9: nothing listens there.' });
    await expect(serving.serve(model('round-1', { adapter: null }), signal)).rejects.toMatchObject({ message: 'round-1 is not served at http://127.0.0.1:9: it has no LoRA adapter.' });
    await expect(serving.serve(model('round-1'), AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
  });
});
