// A Llama policy folder (config.json, tokenizer.json, model.safetensors in fp32) as one GGUF file for llama.cpp.
// Formats: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (version 3), https://github.com/huggingface/safetensors (a JSON header, then the tensors).
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Config {
  readonly vocab_size: number; readonly hidden_size: number; readonly intermediate_size: number; readonly num_hidden_layers: number; readonly num_attention_heads: number; readonly num_key_value_heads: number;
  readonly max_position_embeddings: number; readonly rms_norm_eps: number; readonly eos_token_id: number; readonly pad_token_id: number; readonly rope_theta?: number; readonly rope_parameters?: { readonly rope_theta?: number };
}
interface Tokenizer { readonly model: { readonly vocab: Readonly<Record<string, number>>; readonly merges: readonly (string | readonly [string, string])[] }; readonly added_tokens: readonly { readonly id: number; readonly content: string; readonly special: boolean }[] }
interface Tensor { readonly name: string; readonly shape: readonly number[]; readonly data: Float32Array } // shape as PyTorch has it: rows first

const alignment = 32;
const kinds = { uint32: 4, int32: 5, float32: 6, string: 8, array: 9 } as const;

/** Writes `file` from the folder `dir`. Throws where the folder is no Llama in fp32. */
export function writeGguf(dir: string, file: string): void {
  const json = <Value>(name: string) => JSON.parse(readFileSync(join(dir, name), 'utf8')) as Value;
  const config = json<Config>('config.json'), tokenizer = json<Tokenizer>('tokenizer.json');
  const weights = readSafetensors(join(dir, 'model.safetensors'));
  const tensors = llamaTensors(weights, config), facts = metadata(config, tokenizer);

  const head: Uint8Array[] = [Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(facts.length), ...facts];
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    head.push(text(name), u32(shape.length), ...shape.toReversed().map(u64), u32(0), u64(offset)); // type 0: F32
    offset += padded(data.byteLength);
  }
  const body = tensors.flatMap(({ data }) => [new Uint8Array(data.buffer, data.byteOffset, data.byteLength), new Uint8Array(padded(data.byteLength) - data.byteLength)]);
  const header = Buffer.concat(head);
  writeFileSync(file, Buffer.concat([header, new Uint8Array(padded(header.length) - header.length), ...body]));
}

function llamaTensors(weights: ReadonlyMap<string, Tensor>, { num_hidden_layers, num_attention_heads, num_key_value_heads }: Config): readonly Tensor[] {
  const take = (from: string, name: string): Tensor => {
    const found = weights.get(from);
    if (found === undefined) throw new Error(`model.safetensors has no tensor ${from}.`);
    return { ...found, name };
  };
  const layers = Array.from({ length: num_hidden_layers }, (_, i) => {
    const layer = (from: string, name: string) => take(`model.layers.${i}.${from}.weight`, `blk.${i}.${name}.weight`);
    return [
      layer('input_layernorm', 'attn_norm'), interleaved(layer('self_attn.q_proj', 'attn_q'), num_attention_heads), interleaved(layer('self_attn.k_proj', 'attn_k'), num_key_value_heads),
      layer('self_attn.v_proj', 'attn_v'), layer('self_attn.o_proj', 'attn_output'), layer('post_attention_layernorm', 'ffn_norm'), layer('mlp.gate_proj', 'ffn_gate'), layer('mlp.up_proj', 'ffn_up'), layer('mlp.down_proj', 'ffn_down'),
    ];
  });
  const head = weights.has('lm_head.weight') ? [take('lm_head.weight', 'output.weight')] : [];
  return [take('model.embed_tokens.weight', 'token_embd.weight'), take('model.norm.weight', 'output_norm.weight'), ...head, ...layers.flat()];
}

/** llama.cpp rotates neighbouring dimensions, transformers dimension i with i + half: the rows of each head are put in pairs. */
function interleaved({ name, shape, data }: Tensor, heads: number): Tensor {
  const [rows, columns] = shape as readonly [number, number];
  const size = rows / heads, half = size / 2, moved = new Float32Array(data.length);
  for (let head = 0; head < heads; head++) for (let side = 0; side < 2; side++) for (let i = 0; i < half; i++) {
    const from = (head * size + side * half + i) * columns;
    moved.set(data.subarray(from, from + columns), (head * size + 2 * i + side) * columns);
  }
  return { name, shape, data: moved };
}

function metadata(config: Config, { model, added_tokens }: Tokenizer): readonly Uint8Array[] {
  const number = (key: string, value: number) => Buffer.concat([text(key), u32(kinds.uint32), u32(value)]);
  const float = (key: string, value: number) => Buffer.concat([text(key), u32(kinds.float32), f32(value)]);
  const string = (key: string, value: string) => Buffer.concat([text(key), u32(kinds.string), text(value)]);
  const list = (key: string, kind: number, values: readonly Uint8Array[]) => Buffer.concat([text(key), u32(kinds.array), u32(kind), u64(values.length), ...values]);
  const tokens = Array.from<string>({ length: config.vocab_size }).fill(''), types = tokens.map(() => 1); // normal
  for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token;
  for (const { id, content, special } of added_tokens) { tokens[id] = content; types[id] = special ? 3 : 4; } // control, user defined
  tokens.forEach((token, id) => { if (token === '') { tokens[id] = `<unused ${id}>`; types[id] = 5; } });
  return [
    string('general.architecture', 'llama'), string('general.name', 'policy'), number('general.alignment', alignment),
    number('llama.context_length', config.max_position_embeddings), number('llama.embedding_length', config.hidden_size), number('llama.block_count', config.num_hidden_layers), number('llama.feed_forward_length', config.intermediate_size),
    number('llama.attention.head_count', config.num_attention_heads), number('llama.attention.head_count_kv', config.num_key_value_heads), float('llama.attention.layer_norm_rms_epsilon', config.rms_norm_eps),
    number('llama.rope.dimension_count', config.hidden_size / config.num_attention_heads), float('llama.rope.freq_base', config.rope_parameters?.rope_theta ?? config.rope_theta ?? 10_000), number('llama.vocab_size', config.vocab_size),
    string('tokenizer.ggml.model', 'gpt2'), string('tokenizer.ggml.pre', 'gpt-2'), list('tokenizer.ggml.tokens', kinds.string, tokens.map(text)), list('tokenizer.ggml.token_type', kinds.int32, types.map(u32)),
    list('tokenizer.ggml.merges', kinds.string, model.merges.map((merge) => text(typeof merge === 'string' ? merge : merge.join(' ')))),
    number('tokenizer.ggml.eos_token_id', config.eos_token_id), number('tokenizer.ggml.padding_token_id', config.pad_token_id),
  ];
}

function readSafetensors(file: string): ReadonlyMap<string, Tensor> {
  const bytes = readFileSync(file), length = Number(bytes.readBigUInt64LE(0)), start = 8 + length;
  const header = JSON.parse(bytes.toString('utf8', 8, start)) as Readonly<Record<string, { readonly dtype: string; readonly shape: readonly number[]; readonly data_offsets: readonly [number, number] }>>;
  return new Map(Object.entries(header).filter(([name]) => name !== '__metadata__').map(([name, { dtype, shape, data_offsets: [from, to] }]) => {
    if (dtype !== 'F32') throw new Error(`${file}: ${name} is ${dtype}; only F32 is converted.`);
    return [name, { name, shape, data: new Float32Array(bytes.buffer.slice(bytes.byteOffset + start + from, bytes.byteOffset + start + to)) }];
  }));
}

const padded = (size: number): number => Math.ceil(size / alignment) * alignment;
function u32(value: number): Uint8Array { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(value); return bytes; }
function f32(value: number): Uint8Array { const bytes = Buffer.alloc(4); bytes.writeFloatLE(value); return bytes; }
function u64(value: number): Uint8Array { const bytes = Buffer.alloc(8); bytes.writeBigUInt64LE(BigInt(value)); return bytes; }
function text(value: string): Uint8Array { const bytes = Buffer.from(value); return Buffer.concat([u64(bytes.length), bytes]); }
