// slowthink score, ask and evaluate on the policy that ships with a scorer's adapter on it, both served by one process.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openaiPolicy, openaiScorer } from '@slowthink/models-openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from '../node/run-program.ts';
import { startScorerServer, type ScorerServerProcess } from './start-scorer-server.ts';
import { seedPolicy, tinyModels, type TinyModels } from './tiny-models.fixture.ts';

const question = 'A patient weighs 80 kg. Cloxacillin is ordered at 18 mg/kg per day, in equal doses every 12 hours. How many mg is each dose?';
const steps = ["Let's break down this problem step by step.", 'The day needs 80 × 18 = 1440 mg.', 'There are 24 / 12 = 2 doses a day.', 'Each dose is 1440 / 2 = 720 mg.', 'The answer is 720 mg.'];

let models: TinyModels, server: ScorerServerProcess;
const work = mkdtempSync(join(tmpdir(), 'slowthink-asked-'));
beforeAll(async () => {
  models = await tinyModels(seedPolicy);
  server = await startScorerServer(models.python, ['--base', seedPolicy, '--scorer-adapter', models.at('prm')]);
});
afterAll(async () => { await server?.stop(); models?.remove(); rmSync(work, { recursive: true, force: true }); });

const flags = () => ['--policy', `openai:${server.url}#policy`, '--scorer', `openai:${server.url}#prm&row=medsss`, '--recipe', 'seed-cpu'];
/** stdout of the command; throws what it said when it fails. */
const slowthink = (args: readonly string[]): Promise<string> => new Promise((done, failed) => {
  const { SLOWTHINK_PYTHON: _, ...env } = process.env; // is for these tests, and no setting of the product
  const child = spawn(process.execPath, [resolve(import.meta.dirname, '../../apps/slowthink/src/main.ts'), ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
  let out = '', said = '';
  child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
  child.stderr.on('data', (chunk: Buffer) => { said += chunk.toString(); });
  child.on('close', (code) => { if (code === 0) done(out); else failed(new Error(`${args[0]} ended with ${code}\n${said}\n${out}`)); });
});

test('the scorer gives the values that PyTorch gives at the last token of the blank line behind each step', async () => {
  const request = { id: 'r', question, steps };
  writeFileSync(join(work, 'request.json'), JSON.stringify(request));
  const { code, output } = await runProgram(models.python, [join(import.meta.dirname, 'reference_values.py'), seedPolicy, models.at('prm'), join(work, 'request.json')]);
  expect(code, output).toBe(0);
  const expected = JSON.parse(output.trim().split('\n').at(-1)!) as { softmax: number[]; sigmoid: number[] };
  for (const [row, given, values] of [['medsss', 'values', expected.softmax], ['medsss', 'logits', expected.softmax], ['medsss-sigmoid', 'logits', expected.sigmoid]] as const) {
    const scorer = openaiScorer({ url: server.url, model: 'prm', row, given });
    const found = (await scorer.score(request)).values;
    await scorer.close();
    expect(found).toHaveLength(4);
    for (const [k, value] of found.entries()) expect(Math.abs(value - values[k]!), `step ${k + 1}`).toBeLessThan(1e-5);
  }
  expect(new Set(expected.softmax.map((value) => value.toFixed(3))).size, 'steps have values of their own').toBeGreaterThan(1);
});

test('slowthink score prints the same values', async () => {
  writeFileSync(join(work, 'solution.txt'), steps.slice(1).map((step, k) => `Step ${k + 1}: ${step}`).join('\n\n'));
  const scorer = openaiScorer({ url: server.url, model: 'prm', row: 'medsss', given: 'values' });
  const { values } = await scorer.score({ id: 'r', question, steps });
  await scorer.close();
  const printed = JSON.parse(await slowthink(['score', '--question', question, '--steps', join(work, 'solution.txt'), '--scorer', flags()[3]!, '--json'])) as { scorer: { model: string }; steps: { value: number | null }[] };
  expect(printed.scorer.model).toBe('prm');
  expect(printed.steps.map((step) => step.value)).toEqual([null, ...values]);
});

test('slowthink ask answers, and with the same seed again the same', async () => {
  const ask = async (...more: readonly string[]) => JSON.parse(await slowthink(['ask', question, ...flags(), '-n', '8', '--json', ...more])) as { answer: string; candidates: { steps: string[]; values: number[] }[] };
  const [first, second, other] = await Promise.all([ask(), ask(), ask('--seed', '9')]);
  expect(first.candidates).toHaveLength(8);
  expect(first.answer).not.toBeNull();
  expect(second.candidates).toEqual(first.candidates);
  expect(other.candidates).not.toEqual(first.candidates);
  for (const { steps: written, values } of first.candidates) expect(values.length, JSON.stringify(written)).toBeGreaterThan(0);
});

interface Item { readonly item: { readonly id: string }; readonly greedy: { readonly steps: readonly string[] }; readonly candidates: readonly { readonly values: readonly number[] }[] }
test('slowthink evaluate computes every rule on a few items, and greedy solutions are those of the engine that ships', async () => {
  const evaluate = async (dir: string, given: readonly string[]) => {
    await slowthink(['evaluate', '--items', 'dosage-dev', '--limit', '6', '-n', '4', '--dir', dir, ...given]);
    return { summary: JSON.parse(readFileSync(join(dir, 'results/summary.json'), 'utf8')) as object, items: readFileSync(join(dir, 'results/items.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Item) };
  };
  const served = await evaluate(join(work, 'served'), flags()), embedded = await evaluate(join(work, 'embedded'), ['--scorer', 'none']);
  expect(served.items).toHaveLength(6);
  expect(JSON.stringify(served.summary)).toContain('vote-sum-min');
  for (const item of served.items) for (const { values } of item.candidates) expect(values.length).toBeGreaterThan(0);
  const greedy = (items: readonly Item[]) => Object.fromEntries(items.map((item) => [item.item.id, item.greedy.steps.join('\n')]));
  expect(new Set(Object.values(greedy(served.items))).size).toBe(6);
  expect(greedy(served.items)).toEqual(greedy(embedded.items));
});

test('questions to policy and scorer at once get what each gets alone', async () => {
  const policy = openaiPolicy({ url: server.url, model: 'policy' }), scorer = openaiScorer({ url: server.url, model: 'prm', row: 'medsss', given: 'values' });
  const sample = (seed: number) => policy.sample({ id: `s${seed}`, messages: [{ role: 'user', content: question }], prefix: `Step 0: ${steps[0]}\n\n`, n: 3, seed, stop: [], sampling: { temperature: 1, topP: 0.95, topK: 0, minP: 0, maxTokens: 120 } });
  const score = (count: number) => scorer.score({ id: `v${count}`, question, steps: steps.slice(0, count) });
  const alone = [];
  for (const seed of [1, 2, 3, 4]) alone.push(await sample(seed), await score(seed + 1));
  expect(await Promise.all([1, 2, 3, 4].flatMap((seed): Promise<unknown>[] => [sample(seed), score(seed + 1)]))).toEqual(alone);
  await Promise.all([policy.close(), scorer.close()]);
});
