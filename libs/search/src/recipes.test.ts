import { FaultError } from '@slowthink/faults';
import { isSearchSettings } from '@slowthink/records';
import { expect, test } from 'vitest';
import { presets, recipes, resolveSearch } from './index.ts';

const problem = (work: () => unknown): string => { try { work(); } catch (error) { if (error instanceof FaultError) return `${error.code} ${error.message}`; } return 'no fault'; };

test('has meds3-v2 as the paper gives it', () => {
  expect(recipes['meds3-v2']).toMatchObject({
    exploration: 2, unvisitedScore: 5, childrenMax: 3, nodesMax: 60, depthMax: null, correctLeavesMax: 4, gateLow: 0.5, gateHigh: 0.9, backup: 'comp', forcedFinish: 'all', forcedFinishEnough: 3,
    simulationBase: 20, simulationMin: 5, questionTokensMax: 8192, prompting: 'one-shot', choosing: 'asked',
    step: { temperature: 1, topP: 0.95 }, finish: { temperature: 1, topP: 0.95 }, choice: { temperature: 1 }, rollout: { temperature: 0.6, topP: 0.9 },
  });
});

test('has meds3-v4: the same and Reflect; its second round asks the bare question and rolls out as the policy itself goes on', () => {
  const { recipe, reflect, refinesMax, ...same } = recipes['meds3-v4']!;
  expect(recipes['meds3-v2']).toMatchObject(same);
  expect([recipe, reflect, refinesMax, recipes['meds3-v2']!.reflect]).toEqual(['meds3-v4', 'wrong', 1, 'off']);
  const { recipe: second, prompting, rollout, ...rest } = recipes['meds3-v4-round-2']!;
  expect(recipes['meds3-v4']).toMatchObject(rest);
  expect([second, prompting, rollout]).toEqual(['meds3-v4-round-2', 'bare', { temperature: 1, topP: 0.9, topK: 0, minP: 0, maxTokens: 1536 }]);
});

test('has seed-cpu: the search of meds3-v2 with bare prompts, the action from the text, and a cap on samples', () => {
  const { recipe, childrenMax, nodesMax, depthMax, samplesMax, simulationBase, simulationMin, questionTokensMax, prompting, choosing, step, finish, choice, rollout, ...same } = recipes['seed-cpu']!;
  expect(recipes['meds3-v2']).toMatchObject(same);
  expect({ recipe, childrenMax, nodesMax, depthMax, samplesMax, simulationBase, simulationMin, questionTokensMax, prompting, choosing }).toEqual({ recipe: 'seed-cpu', childrenMax: 6, nodesMax: 40, depthMax: 8, samplesMax: 50, simulationBase: 3, simulationMin: 3, questionTokensMax: 512, prompting: 'bare', choosing: 'from-text' });
  for (const [{ maxTokens, ...rest }, limit] of [[step, 64], [finish, 224], [choice, 4], [rollout, 224]] as const) expect([rest, maxTokens]).toEqual([{ temperature: 1, topP: 1, topK: 0, minP: 0 }, limit]);
});

test('gives complete frozen settings for every recipe and preset', () => {
  for (const recipe of Object.keys(recipes)) for (const preset of Object.keys(presets)) {
    const settings = resolveSearch(recipe, preset);
    expect(isSearchSettings(settings)).toBe(true);
    expect(Object.isFrozen(settings) && Object.isFrozen(settings.rollout)).toBe(true);
  }
  expect(resolveSearch('meds3-v2', 'paper')).toEqual(recipes['meds3-v2']);
  expect(resolveSearch('meds3-v2', 'small')).toEqual({ ...recipes['meds3-v2'], nodesMax: 20, depthMax: 6 });
});

test('lays overrides over the preset, sampling blocks in part', () => {
  const settings = resolveSearch('meds3-v2', 'laptop', { nodesMax: 9, rollout: { temperature: 0.2 } });
  expect(settings).toMatchObject({ nodesMax: 9, childrenMax: 2, rollout: { temperature: 0.2, topP: 0.9, maxTokens: 40 } });
});

test('names what is known and what is wrong', () => {
  expect(problem(() => resolveSearch('meds4'))).toBe('SETTING_INVALID There is no recipe "meds4". Known: meds3-v2, meds3-v4, meds3-v4-round-2, seed-cpu.');
  expect(problem(() => resolveSearch('meds3-v2', 'tiny'))).toBe('SETTING_INVALID There is no preset "tiny". Known: paper, small, laptop.');
  expect(problem(() => resolveSearch('toString'))).toContain('There is no recipe "toString"');
  expect(problem(() => resolveSearch('meds3-v2', 'paper', { nodesMax: 0 }))).toMatch(/^SETTING_INVALID search\.nodesMax must be >= 1/);
  expect(problem(() => resolveSearch('meds3-v2', 'paper', { rollout: { topP: 2 } }))).toMatch(/^SETTING_INVALID search\.rollout\.topP must be <= 1/);
  expect(problem(() => resolveSearch('meds3-v2', 'paper', { nodeMax: 3 } as object))).toMatch(/^SETTING_INVALID There is no setting "search\.nodeMax"\. Known: .*nodesMax/);
  expect(problem(() => resolveSearch('meds3-v2', 'paper', { gateLow: 0.95 }))).toContain('gateLow (0.95) must not be above search.gateHigh (0.9)');
});
