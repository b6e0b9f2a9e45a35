import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { loadRuntime } from './load-runtime.ts';

test('the runtime is there on this system', async () => expect(typeof (await loadRuntime()).InferenceSession.create).toBe('function'));

test('a system for which onnxruntime has no library can import this package, and is told to use a model server', async () => {
  const program = `
    Object.defineProperty(process, 'platform', { value: 'plan9' });
    await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))});
    const { loadRuntime } = await import(${JSON.stringify(join(import.meta.dirname, 'load-runtime.ts'))});
    await loadRuntime().catch(({ code, message, hint }) => console.log(JSON.stringify({ code, message, hint })));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  expect(JSON.parse(stdout)).toEqual({ code: 'MODEL_RUNTIME_MISSING', message: expect.stringMatching(/^onnxruntime cannot be loaded on plan9-\w+: Cannot find module '.*plan9/), hint: 'onnxruntime-node has no library for this system. Use a model server: --policy openai:URL#MODEL.' });
});
