import { policyConformance } from '@slowthink/models/conformance';
import { openaiPolicy, parsePolicy } from '@slowthink/models-openai';
import { conformanceRequest } from '@slowthink/models/conformance';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type RunningServer } from './start-server.ts';

let server: RunningServer;
beforeAll(async () => { server = await startServer(); }, 300_000);
afterAll(() => server?.stop());

policyConformance('llama.cpp with SmolLM2-135M-Instruct', async () => openaiPolicy(parsePolicy(server.policy)), { warmUp: 8, triesMax: 8, choosesAt: 2 });

interface Slot { readonly is_processing: boolean }
const busySlots = async () => ((await (await fetch(`http://127.0.0.1:${server.port}/slots`)).json()) as Slot[]).filter((slot) => slot.is_processing).length;

test('says its context and revision', async () => {
  const policy = openaiPolicy(parsePolicy(server.policy));
  expect(await policy.describe()).toEqual({ model: 'smollm2-135m', revision: expect.stringMatching(/^[0-9a-f]{20}$/), contextTokens: 2048 });
  await policy.close();
});

test('cancelling a request frees its slots', async () => {
  const policy = openaiPolicy(parsePolicy(server.policy)), controller = new AbortController();
  const cancelled = policy.sample(conformanceRequest({ n: 8, stop: [], sampling: { maxTokens: 1000 } }), controller.signal).catch((error: unknown) => error);
  while (await busySlots() < 8) await new Promise((resolve) => setTimeout(resolve, 20));
  controller.abort(new Error('drain'));
  expect(await cancelled).toMatchObject({ message: 'drain' });
  while (await busySlots() > 0) await new Promise((resolve) => setTimeout(resolve, 20)); // 1000 tokens in 8 slots would pass the time limit of the test
  await policy.close();
}, 60_000);

test('a prompt longer than the context is refused with both numbers, not cut', async () => {
  const policy = openaiPolicy(parsePolicy(server.policy));
  await expect(policy.sample(conformanceRequest({ prefix: 'word '.repeat(3000) }))).rejects.toMatchObject({ code: 'MODEL_CONTEXT_EXCEEDED', message: expect.stringMatching(/\(30\d\d tokens\) exceeds the available context size \(2048 tokens\)/) });
  await policy.close();
});

test('a model it does not have is named', async () => {
  const policy = openaiPolicy(parsePolicy(server.policy.replace('smollm2-135m', 'smollm3')));
  await expect(policy.sample(conformanceRequest())).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND', message: expect.stringContaining('lists no model "smollm3"; it has smollm2-135m.') });
  await policy.close();
});
