import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { setUp } from '../server/set-up.ts';
import { writeGguf } from './write-gguf.ts';

export interface LlamaCpp {
  /** Draws `samples` samples of exactly `length` tokens behind each prompt (token ids), all at once; gives the number of tokens. */
  draw(prompts: readonly (readonly number[])[], samples: number, length: number): Promise<number>;
  close(): Promise<void>;
}

/** llama.cpp's server on the weights of a policy folder (converted to GGUF, fp32), on a free port; its Python packages are those of `npm run server`. */
export async function openLlamaCpp(dir: string, { threads, slots, slotTokens }: { readonly threads: number; readonly slots: number; readonly slotTokens: number }): Promise<LlamaCpp> {
  const python = await setUp(console.error);
  const folder = mkdtempSync(join(tmpdir(), 'slowthink-gguf-')), file = join(folder, 'policy.gguf');
  writeGguf(dir, file);
  const port = await freePort();
  const child = spawn(python, [join(import.meta.dirname, 'llama-cpp.py'), file, String(port), String(slots), String(slotTokens), String(threads)], { stdio: ['pipe', 'ignore', 'pipe'] });
  let output = '', over = false;
  child.stderr.on('data', (chunk: Buffer) => { output = (output + chunk.toString()).slice(-2000); });
  const ended = new Promise<void>((resolve) => child.on('close', () => { over = true; resolve(); }));
  const dispatcher = new Agent({ connections: null, headersTimeout: 0, bodyTimeout: 0 }), origin = `http://127.0.0.1:${port}`;
  const close = async () => { child.stdin.end(); child.kill('SIGKILL'); await ended; await dispatcher.destroy(); rmSync(folder, { recursive: true, force: true }); };
  for (;;) {
    if (over) { await close(); throw new Error(`llama.cpp ended while it started.\n${output}`); }
    try { if ((await request(`${origin}/health`, { dispatcher })).statusCode === 200) break; } catch { /* not yet */ }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    async draw(prompts, samples, length) {
      const counts = await Promise.all(prompts.map(async (prompt) => {
        const { statusCode, body } = await request(`${origin}/completion`, {
          method: 'POST', dispatcher, headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ prompt, n_cmpl: samples, n_predict: length, temperature: 1, top_k: 0, top_p: 1, min_p: 0, ignore_eos: true, cache_prompt: true }),
        });
        const reply = await body.json() as Reply | readonly Reply[];
        if (statusCode !== 200) throw new Error(`llama.cpp answered ${statusCode}: ${JSON.stringify(reply)}`);
        return [reply].flat().reduce((sum, { tokens_predicted }) => sum + tokens_predicted, 0);
      }));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    close,
  };
}

interface Reply { readonly tokens_predicted: number }

const freePort = (): Promise<number> => new Promise((resolve, reject) => {
  const probe = createServer().once('error', reject);
  probe.listen(0, '127.0.0.1', () => { const { port } = probe.address() as { port: number }; probe.close(() => resolve(port)); });
});
