import { policyConformance } from '@slowthink/models/conformance';
import { openaiPolicy, parsePolicy } from '@slowthink/models-openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type RunningServer } from './start-server.ts';

let server: RunningServer;
beforeAll(async () => { server = await startServer(); }, 300_000);
afterAll(() => server?.stop());

policyConformance('llama.cpp with SmolLM2-135M-Instruct', async () => openaiPolicy(parsePolicy(server.policy)), { warmUp: 8 });
