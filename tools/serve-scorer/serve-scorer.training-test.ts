// The real server process with tiny random models in the layout of the released weights, asked as the product asks it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composePolicy, composeScorer } from '@slowthink/models';
import { policyConformance } from '@slowthink/models/conformance';
import { scorerConformance } from '@slowthink/models/scorer-conformance';
import { openaiPolicy, openaiScorer } from '@slowthink/models-openai';
import { afterAll, beforeAll } from 'vitest';
import { runProgram } from '../node/run-program.ts';
import { scorerPython, startScorerServer, type ScorerServerProcess } from './start-scorer-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'slowthink-scorer-')), at = (name: string): string => join(folder, name);
let python: string, first: ScorerServerProcess;

beforeAll(async () => {
  python = await scorerPython((line) => console.error(line));
  const made = await runProgram(python, [join(import.meta.dirname, 'make_tiny.py'), folder]);
  if (made.code !== 0) throw new Error(made.output);
  first = await startScorerServer(python, ['--base', at('base'), '--policy-adapter', at('policy-adapter'), '--scorer-adapter', at('prm')]);
});
afterAll(async () => { await first?.stop(); rmSync(folder, { recursive: true, force: true }); });

scorerConformance('serve-scorer, medsss', async () => composeScorer(openaiScorer({ url: first.url, model: 'prm', row: 'medsss', given: 'values' }), { inFlightMax: 16 }));
scorerConformance('serve-scorer, medsss-sigmoid', async () => openaiScorer({ url: first.url, model: 'prm', row: 'medsss-sigmoid', given: 'logits' }));
policyConformance('serve-scorer', async () => composePolicy(openaiPolicy({ url: first.url, model: 'policy-adapter' }), { inFlightMax: 16 }), { choosesAt: 2, cancelTokens: 2000 });
