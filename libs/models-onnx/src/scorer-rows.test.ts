// The formats of released scorers on tiny models of their shapes, built here: what is read is compared with the logits that onnxruntime gives for the same text.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scorerRows, type ScoreRequest, type ScorerRowName } from '@slowthink/models';
import { scorerConformance } from '@slowthink/models/scorer-conformance';
import { STEP_ZERO } from '@slowthink/prompts';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import { readModelFolder } from './model-folder.ts';
import { onnxScorer } from './onnx-scorer.ts';
import { openScorerModel } from './scorer-model.ts';
import { copyModel, faultOf, keptCopy, type ModelCopy } from './testing/model-dirs.ts';
import { tinyGraph, tinyTable } from './testing/tiny-graph.ts';
import { openTextModel } from './text-model.ts';

const seedVocab = 768;
const addedTokens = (copy: ModelCopy, contents: readonly string[], special: boolean): void => {
  const { added_tokens: before } = JSON.parse(readFileSync(join(copy.dir, 'tokenizer.json'), 'utf8')) as { added_tokens: readonly object[] };
  copy.edit('tokenizer.json', { added_tokens: [...before, ...contents.map((content, at) => ({ id: seedVocab + at, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special }))] });
};

interface Shape { readonly added: readonly string[]; readonly special: boolean; readonly json: object }
const shapes: { readonly [Name in ScorerRowName]: Shape } = {
  'medsss': { added: [], special: false, json: { row: 'medsss' } },
  'medsss-sigmoid': { added: [], special: false, json: { row: 'medsss-sigmoid' } },
  'one-logit': { added: [], special: false, json: { separator: '\n\n', logits: 1, right: 0, activation: 'sigmoid' } },
  'qwen-prm': { added: ['<extra_0>'], special: true, json: { row: 'qwen-prm' } },
  'math-shepherd': { added: ['ки', '+', '-'], special: false, json: { row: 'math-shepherd' } },
};

/** A folder of that shape: the tokenizer of the fixtures with the tokens of the format, a graph of the width of its head. */
function makeFolder(name: ScorerRowName, copy: ModelCopy): string {
  const { added, special, json } = shapes[name], vocab = seedVocab + added.length;
  addedTokens(copy, added, special);
  copy.edit('config.json', { vocab_size: vocab });
  copy.write('scorer.json', JSON.stringify({ scorer: 1, ...json }));
  if (scorerRows[name].turns === 'plain') copy.edit('tokenizer_config.json', { chat_template: undefined });
  const wide = scorerRows[name].head === 'words' ? vocab : scorerRows[name].logits;
  writeFileSync(join(copy.dir, 'onnx/model.onnx'), tinyGraph(tinyTable(vocab, wide), vocab, wide));
  return copy.dir;
}

const kept: ModelCopy[] = [];
afterAll(() => { for (const { discard } of kept) discard(); });
const made = (name: ScorerRowName): string => { const copy = keptCopy('scorer'); kept.push(copy); return makeFolder(name, copy); };
const dirs = { 'qwen-prm': made('qwen-prm'), 'math-shepherd': made('math-shepherd'), 'one-logit': made('one-logit'), 'medsss': made('medsss'), 'medsss-sigmoid': made('medsss-sigmoid') };

const request: ScoreRequest = { id: 'r', question: 'A child of 12 kg gets 5 mg/kg. How much?', steps: [STEP_ZERO, 'Multiply 12 by 5.', 'The answer is 60 mg.'] };

/** The text each format puts before the model, its parts as they are tokenized, and the token that the values are read at; written out by hand. */
const written: { readonly [Name in ScorerRowName]: { readonly text: string; readonly at: string; readonly skip: number } } = {
  'medsss': { text: `<|user|>${request.question}<|assistant|>Step 0: ${STEP_ZERO}\n\nStep 1: Multiply 12 by 5.\n\nStep 2: The answer is 60 mg.\n\n`, at: '\n\n', skip: 1 },
  'medsss-sigmoid': { text: `<|user|>${request.question}<|assistant|>Step 0: ${STEP_ZERO}\n\nStep 1: Multiply 12 by 5.\n\nStep 2: The answer is 60 mg.\n\n`, at: '\n\n', skip: 1 },
  'one-logit': { text: `<|user|>${request.question}<|assistant|>Step 0: ${STEP_ZERO}\n\nStep 1: Multiply 12 by 5.\n\nStep 2: The answer is 60 mg.\n\n`, at: '\n\n', skip: 1 },
  'qwen-prm': { text: `<|user|>Please reason step by step, and put your final answer within \\boxed{}.<|user|>${request.question}<|assistant|>Multiply 12 by 5.<extra_0>The answer is 60 mg.<extra_0>`, at: '<extra_0>', skip: 0 },
  'math-shepherd': { text: `${request.question} Step 1: Multiply 12 by 5. ки\nStep 2: The answer is 60 mg. ки\n`, at: 'ки', skip: 0 },
};

const softmax = (logits: readonly number[], right: number): number => Math.exp(logits[right]!) / logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

describe.each(Object.keys(written) as ScorerRowName[])('the row %s', (name) => {
  test('reads the head at the end of each step, as onnxruntime gives it for the text of the format', async () => {
    const folder = await readModelFolder(dirs[name]), text = await openTextModel(folder, 'plain');
    const { ids } = text.tokenize([{ role: 'user', content: written[name].text }], ''); // the fixture's tokenizer puts no token in front
    const id = (word: string): number => text.tokenOf(word, word)!;
    const session = await InferenceSession.create(folder.graph, { intraOpNumThreads: 1 });
    const row = (numbers: readonly number[]) => new Tensor('int64', BigInt64Array.from(numbers, BigInt), [1, numbers.length]);
    const { logits } = await session.run({ input_ids: row(ids), attention_mask: row(ids.map(() => 1)), position_ids: row(ids.map((_, t) => t)) });
    await session.release();
    const data = logits!.data as Float32Array, wide = logits!.dims[2]!;
    const places = ids.flatMap((one, t) => (one === id(written[name].at) ? [t] : [])).slice(written[name].skip);
    expect(places).toHaveLength(2);
    const expected = places.map((t) => {
      const all = [...data.subarray(t * wide, (t + 1) * wide)];
      if (name === 'math-shepherd') return softmax([all[id('+')]!, all[id('-')]!], 0);
      if (name === 'one-logit') return sigmoid(all[0]!);
      return name === 'medsss-sigmoid' ? sigmoid(all[1]!) : softmax(all, 1);
    });
    const scorer = await openScorerModel({ dir: dirs[name], threads: 1 });
    const { values, usage } = await scorer.score(request);
    await scorer.close();
    expect(usage.promptTokens).toBe(ids.length);
    for (const [k, value] of values.entries()) expect(value).toBeCloseTo(expected[k]!, 5);
    expect(values).toHaveLength(2);
  });
});

scorerConformance('onnx, qwen-prm', async () => onnxScorer({ dir: dirs['qwen-prm'], threads: 1 }));
scorerConformance('onnx, math-shepherd', async () => onnxScorer({ dir: dirs['math-shepherd'], threads: 1 }));

test('a graph that works its positions out by itself, as exports of token classification may, gives the same values', async () => {
  const values = async (dir: string) => { const scorer = await openScorerModel({ dir, threads: 1 }); try { return (await scorer.score(request)).values; } finally { await scorer.close(); } };
  const copy = copyModel('scorer');
  makeFolder('medsss', copy);
  writeFileSync(join(copy.dir, 'onnx/model.onnx'), tinyGraph(tinyTable(seedVocab, 2), seedVocab, 2, false));
  expect(await values(copy.dir)).toEqual(await values(dirs['medsss']));
});

async function refusal(name: ScorerRowName, spoil: (copy: ModelCopy) => void, code = 'MODEL_TOKENIZER_WRONG'): Promise<string> {
  const copy = copyModel('scorer');
  makeFolder(name, copy);
  spoil(copy);
  const fault = await faultOf(openScorerModel({ dir: copy.dir, threads: 1 }));
  expect(fault.code).toBe(code);
  return fault.message.replace(copy.dir, 'DIR');
}

test('a tokenizer that lacks the mark or a word of the format is told as not the one the scorer was trained with', async () => {
  const plain = readFileSync(join(copyModel('scorer').dir, 'tokenizer.json'), 'utf8');
  expect(await refusal('qwen-prm', ({ write }) => write('tokenizer.json', plain))).toBe('The tokenizer of DIR has no token "<extra_0>", which marks the end of each step: it is not the tokenizer that this scorer was trained with.');
  expect(await refusal('math-shepherd', ({ write }) => write('tokenizer.json', plain))).toMatch(/^The tokenizer of DIR has no token "ки"/);
  const other = await refusal('math-shepherd', ({ edit }) => edit('scorer.json', { words: [' +', ' good step'] }));
  expect(other).toBe('The tokenizer of DIR has no token for " good step", one of the words that scorer.json reads: it is not the tokenizer that this scorer was trained with.');
});

test('an embedding with fewer rows than the tokenizer has tokens is refused by the number of the token', async () => {
  expect(await refusal('qwen-prm', ({ dir }) => writeFileSync(join(dir, 'onnx/model.onnx'), tinyGraph(tinyTable(seedVocab, 2), seedVocab, 2)))).toMatch(/cannot read the token 768, the last one of vocab_size 769 in config\.json: its embedding has fewer rows than the tokenizer has tokens\.$/);
});

test.each([
  [{ row: 'medical' }, 'whose row is "medical": it must be one of medsss, medsss-sigmoid, one-logit, qwen-prm, math-shepherd, or left out.'],
  [{ row: 'qwen-prm', mark: '<b>' }, 'whose mark is "<b>": it must be a part of the separator.'],
  [{ row: 'math-shepherd', words: [] }, 'whose words is []: it must be a list of words of the vocabulary, such as [" +", " -"].'],
  [{ row: 'math-shepherd', logits: 3 }, 'whose logits is 3: it must be 2, as many as words, or left out.'],
  [{ row: 'medsss', seperator: '\n' }, 'with the field "seperator", which is not known here.'],
  [{ row: 'medsss', right: 2 }, 'whose right is 2: it must be a whole number from 0 to 1.'],
] as const)('scorer.json %j is refused', async (json, message) => {
  expect(await refusal('medsss', ({ write }) => write('scorer.json', JSON.stringify({ scorer: 1, ...json })), 'MODEL_FOLDER_WRONG')).toBe(`The model folder DIR holds a scorer.json ${message}`);
});
