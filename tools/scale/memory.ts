// Bytes on a GPU for Llama-3.1-8B, from the shape of the model (its config.json): nothing measured.

export const llama = { layers: 32, hidden: 4096, feedForward: 14_336, heads: 32, keyValueHeads: 8, headDim: 128 } as const;
const bf16 = 2;

/** Keys and values of a token: two of each head of keys and values in each layer, BF16. */
export const keyValueBytes = 2 * llama.layers * llama.keyValueHeads * llama.headDim * bf16;

/** Inputs and outputs of the linear modules of a layer: a LoRA of rank r adds r x (in + out). */
const modules = {
  q: [llama.hidden, llama.hidden], k: [llama.hidden, llama.keyValueHeads * llama.headDim], v: [llama.hidden, llama.keyValueHeads * llama.headDim], o: [llama.hidden, llama.hidden],
  gate: [llama.hidden, llama.feedForward], up: [llama.hidden, llama.feedForward], down: [llama.feedForward, llama.hidden],
} as const;
type Module = keyof typeof modules;
export const allModules = Object.keys(modules) as readonly Module[];

/** Parameters of a LoRA adapter of rank r on these modules of every layer. */
export const adapterParameters = (rank: number, on: readonly Module[]): number => rank * llama.layers * on.reduce((sum, name) => sum + modules[name][0] + modules[name][1], 0);

export const weightBytes = (parameters: number): number => parameters * bf16;

/** Full training in BF16 with AdamW: weights and gradients in BF16, a copy of the weights and two moments in FP32: 16 bytes a parameter, over all GPUs together. Activations come on top. */
export const trainingBytes = (parameters: number): number => parameters * (2 + 2 + 4 + 4 + 4);
