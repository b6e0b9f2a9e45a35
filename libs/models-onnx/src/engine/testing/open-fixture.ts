import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openKvSession, type KvSession } from '../kv-session.ts';

export const fixtures = new URL('../../testing/models/', import.meta.url).pathname;

/** A session on a folder in transformers.js layout, its sizes from config.json. */
export async function openFolderSession(dir: string, { graph = 'model', threads = 1, contextTokens }: { readonly graph?: string; readonly threads?: number; readonly contextTokens?: number } = {}): Promise<KvSession> {
  const config = JSON.parse(await readFile(join(dir, 'config.json'), 'utf8')) as Record<string, number>;
  const heads = config['num_attention_heads']!;
  return openKvSession({
    file: join(dir, 'onnx', `${graph}.onnx`), threads, layers: config['num_hidden_layers']!, kvHeads: config['num_key_value_heads'] ?? heads, headDim: config['head_dim'] ?? config['hidden_size']! / heads,
    vocab: config['vocab_size']!, contextTokens: contextTokens ?? config['max_position_embeddings']!,
  });
}
