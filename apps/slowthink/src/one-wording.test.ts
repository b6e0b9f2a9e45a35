// Every string that a model is sent stands in libs/prompts: nothing else words a turn, a prefix, a stop string or a step mark, in TypeScript or in the Python that trains and serves.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { joinSteps, STEP_SEPARATOR, STEP_ZERO } from '@slowthink/prompts';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const sources = globSync(['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts'], { cwd: root }).filter((path) => !/\.(?:test|server-test)\.ts$|\/testing\/|\/generated\/|^libs\/prompts\/|-server\.ts$/.test(path)).sort();
/** What trains and serves models outside Node: rows and requests come to it worded. */
const pythons = globSync(['tools/training/**/*.py', 'tools/serve-scorer/**/*.py'], { cwd: root }).filter((path) => !/\/tests\/|\/(?:test_\w+|conftest)\.py$|\/__pycache__\//.test(path)).sort();
/** Files that hold a match outside comments. */
const holding = (pattern: RegExp, files: readonly string[] = sources, comment = /^\s*(?:\/\/|\/?\*)/): readonly string[] => files.filter((path) => readFileSync(join(root, path), 'utf8').split('\n').some((line) => !comment.test(line) && pattern.test(line)));

test('no other file words a turn (defect: four different system prompts)', () => {
  expect(sources.length).toBeGreaterThan(150);
  expect(holding(/role: '(?:user|assistant|system)'(?: as const)?, content: ['"`]/)).toEqual([
    'libs/models-onnx/src/text-model.ts', // tokenized when a model is opened, to see whether its tokenizer works; no model reads it
    'libs/models-openai/src/server-tokens.ts', // tokenized when a scorer is opened, to see whether its tokenizer fits
    'libs/models/src/conformance.ts', // for tests
    'libs/models/src/lay-out-steps.ts', // the formats of step scorers, rows of data: no policy reads them
    'libs/models/src/with-patience.ts', // asks a server whether it answers anything at all; nobody reads what it says
    'libs/tables/src/sample-rows.ts', // for tests
  ]);
});

test('no other file words the beginning of an answer or where it stops', () => {
  expect(holding(/\bprefix: ['"`][^'"`]|\bstop: \[['"`]/)).toEqual(['libs/models/src/conformance.ts']);
});

test('no other file marks a step but the layout of step scorers, which a test holds to joinSteps', () => {
  expect(holding(/[`'"]Step \$\{[^}]*\}:/)).toEqual(['libs/models/src/lay-out-steps.ts']);
});

const inPython = (pattern: RegExp): readonly string[] => holding(pattern, pythons, /^\s*#/);

test('no Python that trains or serves words a turn, an instruction or a system prompt', () => {
  expect(pythons.length).toBeGreaterThan(50);
  expect(inPython(/["']role["']: ["'](?:user|assistant|system)["'], ["']content["']: [frb]*["']/)).toEqual(['tools/serve-scorer/texts.py']); // rendered when a tokenizer is opened, to see how its template goes on; no model reads it
  expect(inPython(/\(["'](?:user|assistant|system)["'], [frb]*["']/)).toEqual([
    'tools/serve-scorer/bodies.py', // names of fields
    'tools/training/trainer/turns.py', // rendered when a tokenizer is opened, to see how a turn ends
  ]);
  expect(inPython(/["']system["']/)).toEqual(['tools/serve-scorer/bodies.py']); // a role that a request may have
  expect(inPython(/step by step|medical question|\b[Yy]ou are an? |\b[Tt]he last step is|Reason or Finish|one word:/)).toEqual(['tools/serve-scorer/make_tiny.py']); // texts that the tokenizer of a tiny model for tests is made from
});

test('no Python that trains or serves marks a step', () => {
  expect(inPython(/[frb]+["']Step \{/)).toEqual(['tools/serve-scorer/reference_values.py']); // values that a test compares with, computed without the server
});

test('the experiment that reads candidates again gives them the Step 0 that they were written behind', () => {
  const code = readFileSync(join(root, 'tools/experiments/log_probabilities.py'), 'utf8');
  expect(JSON.parse(/^STEP_ZERO = (".*")$/m.exec(code)![1]!)).toBe(STEP_ZERO);
  expect(code).toContain(String.raw`question + f"Step 0: {STEP_ZERO}\n\n"`);
  expect(code).toContain(String.raw`"\n\n".join(f"Step {k}: {step}"`);
  expect(joinSteps([STEP_ZERO, 'One.', 'Two.'])).toBe(`Step 0: ${STEP_ZERO}${STEP_SEPARATOR}Step 1: One.${STEP_SEPARATOR}Step 2: Two.`);
});
