// Every string that a model is sent stands in libs/prompts: nothing else words a turn, a prefix, a stop string or a step mark.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const sources = globSync(['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts'], { cwd: root }).filter((path) => !/\.(?:test|server-test)\.ts$|\/testing\/|\/generated\/|^libs\/prompts\/|-server\.ts$/.test(path)).sort();
/** Files that hold a match outside comments. */
const holding = (pattern: RegExp): readonly string[] => sources.filter((path) => readFileSync(join(root, path), 'utf8').split('\n').some((line) => !/^\s*(?:\/\/|\/?\*)/.test(line) && pattern.test(line)));

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
