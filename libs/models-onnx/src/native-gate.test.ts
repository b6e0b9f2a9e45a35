import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Runtime } from './load-runtime.ts';
import { closeGate, newGate, passThrough } from './native-gate.ts';

test('counts the calls under way, those that fail among them', async () => {
  const gate = newGate(), cells = new Int32Array(gate), ends: ((error?: Error) => void)[] = [];
  const run = () => new Promise<void>((resolve, reject) => { ends.push((error) => (error === undefined ? resolve() : reject(error))); });
  const runtime = { InferenceSession: { create: async () => ({ run }) } } as unknown as Runtime;
  passThrough(runtime, gate);
  const session = await runtime.InferenceSession.create('');
  const [first, second] = [session.run({}), session.run({})];
  expect(cells[0]).toBe(2);
  ends[0]!();
  await first;
  ends[1]!(new Error('no'));
  await expect(second).rejects.toThrow('no');
  expect(cells[0]).toBe(0);
  closeGate(gate, 60_000); // nobody inside: at once
  expect(cells[1]).toBe(1);
});

test('a process that is ended while the model computes ends with the code it was given', async () => {
  const program = `
    import { onnxPolicy } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
    const policy = onnxPolicy({ dir: ${JSON.stringify(join(import.meta.dirname, 'testing/models/llama'))} });
    await policy.describe();
    const request = (seed) => ({ id: 'x', messages: [{ role: 'user', content: 'How many mg?' }], prefix: '', n: 16, seed, stop: [], sampling: { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: 1000 } });
    for (let seed = 0; seed < 8; seed++) policy.sample(request(seed)).catch(() => {});
    setTimeout(() => process.exit(7), 300);`;
  const folder = mkdtempSync(join(tmpdir(), 'slowthink-gate-')), file = join(folder, 'program.mjs');
  writeFileSync(file, program);
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => { said += chunk.toString(); });
  const [code, signal] = await once(child, 'close') as [number | null, string | null];
  rmSync(folder, { recursive: true });
  expect([code, signal, said]).toEqual([7, null, '']);
});
