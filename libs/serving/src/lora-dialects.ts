// How servers load an adapter while they run: one row each, from their documentation and sources.

export interface LoraDialect {
  readonly label: string;
  readonly owners: readonly string[]; // owned_by of /v1/models
  readonly load: string;
  readonly unload: string;
  /** Under which name a request asks for an adapter. */
  readonly modelOf: (base: string, name: string) => string;
  /** What to start it with. */
  readonly startWith: string;
}

/** vLLM (features/lora): answers 200 with a plain text; 400 and 404 with {error: {message, type}}, older ones flat. Without the variable the path is not there: 404 {detail: "Not Found"}. */
export const vllmLora: LoraDialect = { label: 'vLLM', owners: ['vllm'], load: '/v1/load_lora_adapter', unload: '/v1/unload_lora_adapter', modelOf: (_base, name) => name, startWith: 'VLLM_ALLOW_RUNTIME_LORA_UPDATING=True vllm serve BASE --enable-lora --max-lora-rank R' };

/** SGLang (advanced_features/lora): answers {success, error_message, loaded_adapters} with 200 or 400. A request whose model is the adapter's name alone gets the base, without a word: BASE:NAME asks for the adapter. */
export const sglangLora: LoraDialect = { label: 'SGLang', owners: ['sglang'], load: '/load_lora_adapter', unload: '/unload_lora_adapter', modelOf: (base, name) => `${base}:${name}`, startWith: 'python -m sglang.launch_server --model-path BASE --enable-lora --max-lora-rank R --lora-target-modules all' };

export const loraDialects: readonly LoraDialect[] = [vllmLora, sglangLora];
