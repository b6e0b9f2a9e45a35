import type { JsonObject, WrongFolder } from './model-folder.ts';

/** What the decode loop must know of a model; the rest is in its graph. */
export interface ModelConfig {
  readonly modelType: string;
  readonly layers: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocab: number; // logits a position
  readonly contextTokens: number;
  /** Ids that end an answer: of generation_config.json, otherwise of config.json. */
  readonly eos: readonly number[];
}

/** Decoders with rotary positions and full attention: one key and one value a layer, and nothing else, as state. */
export const modelTypes = ['llama', 'mistral', 'qwen2', 'qwen3', 'smollm3'] as const;

/** Reads config.json and generation_config.json. MODEL_FOLDER_WRONG: another architecture, a missing or impossible number. */
export function readModelConfig(config: JsonObject, generation: JsonObject, wrong: WrongFolder): ModelConfig {
  const type = config['model_type'];
  if (typeof type !== 'string') throw wrong('holds a config.json without model_type.', `Known architectures: ${modelTypes.join(', ')}.`);
  if (!(modelTypes as readonly string[]).includes(type)) {
    throw wrong(`holds a model of the architecture "${type}", which is not known here.`, `Known: ${modelTypes.join(', ')}. For any other use a model server: --policy openai:URL#MODEL.`);
  }

  const count = (field: string, otherwise?: number): number => {
    const value = config[field] ?? otherwise;
    if (value === undefined) throw wrong(`holds a config.json without ${field}.`, 'Get config.json again: it belongs to the exported model.');
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) {
      throw wrong(`holds a config.json whose ${field} is ${JSON.stringify(value)}, not a whole number above 0.`, 'Get config.json again: it belongs to the exported model.');
    }
    return value;
  };
  const heads = count('num_attention_heads'), kvHeads = count('num_key_value_heads', heads), vocab = count('vocab_size');
  const headDim = count('head_dim', count('hidden_size') / heads);
  if (heads % kvHeads !== 0) throw wrong(`holds a config.json with ${heads} attention heads on ${kvHeads} key-value heads, which do not divide them.`, 'Get config.json again.');

  const window = config['sliding_window'], contextTokens = count('max_position_embeddings');
  if (typeof window === 'number' && window < contextTokens && config['use_sliding_window'] !== false) {
    throw wrong(`holds a model whose tokens see the last ${window} tokens only (sliding_window), which is not known here.`, 'Use a model with full attention, or a model server: --policy openai:URL#MODEL.');
  }

  const eos = [generation['eos_token_id'] ?? config['eos_token_id'] ?? []].flat();
  const bad = eos.find((id) => typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0 || id >= vocab);
  if (bad !== undefined) throw wrong(`names the eos_token_id ${JSON.stringify(bad)}, which is no id below vocab_size ${vocab}.`, 'Correct eos_token_id in generation_config.json or config.json.');
  return { modelType: type, layers: count('num_hidden_layers'), kvHeads, headDim, vocab, contextTokens, eos: eos.map(Number) };
}
