// The real server process with tiny random models in the layout of the released weights, asked as the product asks it.
import { composePolicy, composeScorer } from '@slowthink/models';
import { policyConformance } from '@slowthink/models/conformance';
import { scorerConformance } from '@slowthink/models/scorer-conformance';
import { openaiPolicy, openaiScorer } from '@slowthink/models-openai';
import { afterAll, beforeAll } from 'vitest';
import { startScorerServer, type ScorerServerProcess } from './start-scorer-server.ts';
import { tinyModels, type TinyModels } from './tiny-models.fixture.ts';

let models: TinyModels, first: ScorerServerProcess, later: ScorerServerProcess;
beforeAll(async () => {
  models = await tinyModels();
  [first, later] = await Promise.all([
    startScorerServer(models.python, ['--base', models.at('base'), '--policy-adapter', models.at('policy-adapter'), '--scorer-adapter', models.at('prm')]),
    startScorerServer(models.python, ['--base', models.at('policy-full'), '--scorer-adapter', models.at('prm'), '--activation', 'sigmoid', '--rows', '4']),
  ]);
});
afterAll(async () => { await Promise.all([first?.stop(), later?.stop()]); models?.remove(); });

scorerConformance('serve-scorer, first release: two adapters', async () => composeScorer(openaiScorer({ url: first.url, model: 'prm', row: 'medsss', given: 'values' }), { inFlightMax: 16 }));
scorerConformance('serve-scorer, logits', async () => openaiScorer({ url: first.url, model: 'prm', row: 'medsss-sigmoid', given: 'logits' }));
scorerConformance('serve-scorer, later release: full weights beside a stale adapter, sigmoid', async () => openaiScorer({ url: later.url, model: 'prm', row: 'medsss-sigmoid', given: 'values' }));
policyConformance('serve-scorer', async () => composePolicy(openaiPolicy({ url: first.url, model: 'policy-adapter' }), { inFlightMax: 16 }), { choosesAt: 2, cancelTokens: 2000 });
