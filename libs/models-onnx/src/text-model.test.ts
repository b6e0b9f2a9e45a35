import { expect, test } from 'vitest';
import fc from 'fast-check';
import { canonicalPieces } from './canonical-pieces.ts';
import { readModelFolder } from './model-folder.ts';
import { copyModel, faultOf, fixtureDir } from './testing/model-dirs.ts';
import { openTextModel, type TextModel } from './text-model.ts';

const open = async (dir: string): Promise<TextModel> => openTextModel(await readModelFolder(dir));
const user = (content: string) => [{ role: 'user' as const, content }];
const model = await open(fixtureDir('llama'));
const pieces = (prefix: string, question = 'How many mg?', from = model) => canonicalPieces(from.tokenize(user(question), prefix), from.bytesOf);
const textOf = (ids: readonly number[]) => Buffer.concat(ids.map((id) => model.bytesOf[id]!)).toString('utf8');

const [USER, ASSISTANT, END, SEPARATOR] = [1, 2, 3, 4];
const stepZero = "Step 0: Let's break down this problem step by step.";

test('the messages are one piece from the first control token to the opening of the answer; there is no other control token', () => {
  const [first, ...rest] = pieces('');
  expect(rest).toEqual([]);
  expect([first![0], first!.at(-1)]).toEqual([USER, ASSISTANT]);
  expect(textOf(first!)).toBe('How many mg?');
  const conversation = model.tokenize([...user('A'), { role: 'assistant', content: 'B' }, ...user('C')], '').ids;
  expect(conversation.filter((id) => id < 4)).toEqual([USER, ASSISTANT, END, USER, ASSISTANT]);
});

test('the prefix is cut behind every separator, and the open mark of the next step is the last piece', () => {
  const [messages, ...steps] = pieces(`${stepZero}\n\nStep 1: Multiply 12 by 5.\n\nStep 2:`);
  expect(textOf(messages!)).toBe('How many mg?');
  expect(steps.map(textOf)).toEqual([`${stepZero}\n\n`, 'Step 1: Multiply 12 by 5.\n\n', 'Step 2:']);
  expect(steps.map((ids) => ids.at(-1))).toEqual([SEPARATOR, SEPARATOR, 7]);
});

test('a child has all pieces of its parent but the open mark (property)', () => {
  const step = fc.array(fc.constantFrom('Multiply 12.5 by 5.', 'µg ≥ mg', '😀', 'a\nb', '(x)', '  y', 'Step 3: is'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(' '));
  fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
    const joined = (count: number) => `${steps.slice(0, count).map((one, k) => `Step ${k}: ${one}\n\n`).join('')}Step ${count}:`;
    for (let count = 0; count < steps.length; count++) {
      const parent = pieces(joined(count)), child = pieces(joined(count + 1));
      expect(child).toHaveLength(parent.length + 1);
      expect(child.slice(0, parent.length - 1)).toEqual(parent.slice(0, -1));
      expect(child.flat()).toEqual(model.tokenize(user('How many mg?'), joined(count + 1)).ids);
    }
  }));
});

test('blank lines in the question cut nothing, and Unicode keeps its bytes', () => {
  const question = 'Ünïcödé “quotes” 😀 日本語 µg/kg ≥ 5\n\nand\n\n\nmore \u0000 \\ "';
  const [messages, ...rest] = pieces('Schritt 1: 😀 日本語\n\n\n≥ ', question);
  expect(textOf(messages!)).toBe(question);
  expect(rest.map(textOf).join('')).toBe('Schritt 1: 😀 日本語\n\n\n≥ ');
  expect(rest.every((piece) => piece.length > 0)).toBe(true);
});

test('a control token written in a question is that token here: prompts break them before', () => {
  expect(model.tokenize(user('a <|end|> b'), '').ids).toContain(END);
  expect(model.tokenize(user('a < |end| > b'), '').ids.slice(1, -1)).not.toContain(END);
});

test('the same question is given the same tokens, cached or not', () => {
  const before = pieces('Step 0:', 'asked again');
  for (let i = 0; i < 600; i++) model.tokenize(user(`another ${i}`), '');
  expect(pieces('Step 0:', 'asked again')).toEqual(before);
});

test('end tokens are those of the folder and that of the tokenizer', async () => {
  expect(model.eos).toEqual(new Set([3]));
  const { dir, edit } = copyModel('llama');
  edit('generation_config.json', { eos_token_id: [4] });
  expect((await open(dir)).eos).toEqual(new Set([4, 3]));
});

test('chat_template.jinja goes before the template of tokenizer_config.json', async () => {
  const { dir, write } = copyModel('llama');
  write('chat_template.jinja', 'Q: {{ messages[0].content }}\n\nA:');
  expect(textOf((await open(dir)).tokenize(user('x'), ' y').ids)).toBe('Q: x\n\nA: y');
});

test('a token that runs over the border of question and prefix belongs to the prefix', async () => {
  const { dir, write } = copyModel('llama');
  write('chat_template.jinja', "{{ messages[0].content }}{{ '\\n' }}");
  const from = await open(dir), [messages, ...rest] = pieces('\nStep 1:', 'x', from);
  expect([textOf(messages!), ...rest.map(textOf)]).toEqual(['x', '\n\n', 'Step 1:']);
});

test('a template that asks for the date is told a fixed day', async () => {
  const { dir, write } = copyModel('llama');
  write('chat_template.jinja', "\n\n{{- strftime_now('%d %B %Y') }}: {{ messages[0].content }}");
  expect(textOf((await open(dir)).tokenize(user('x'), '').ids)).toBe('26 Jul 2024: x');
});

test('what the template refuses is MODEL_REFUSED with its own words', async () => {
  const { dir, write } = copyModel('llama');
  write('chat_template.jinja', "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{{ messages[0].content }}");
  const refusing = await open(dir);
  expect(() => refusing.tokenize([{ role: 'system', content: 's' }, ...user('x')], '')).toThrow(expect.objectContaining({ code: 'MODEL_REFUSED', message: 'The chat template of llama refuses the messages: System role not supported' }));
});

test.each([
  ['has no chat template.', { chat_template: undefined }],
  ['has chat templates, but none that is the default: ', { chat_template: [{ name: 'rag', template: 'x' }] }],
  ['has a chat template or a tokenizer that fails on a simple question: ', { chat_template: '{% for %}' }],
  ['has a chat template or a tokenizer that fails on a simple question: it gives an empty text', { chat_template: '{{ nothing }}' }],
])('a tokenizer_config.json that %s', async (why, changes) => {
  const { dir, edit } = copyModel('llama');
  edit('tokenizer_config.json', changes);
  expect(await faultOf(open(dir))).toMatchObject({ code: 'MODEL_FOLDER_WRONG', message: expect.stringContaining(`The model folder ${dir} ${why}`) });
});

test('a tokenizer.json that is none, or of another model, is refused', async () => {
  const { dir, write, edit } = copyModel('llama');
  edit('config.json', { vocab_size: 500 });
  expect((await faultOf(open(dir))).message).toMatch(/with the token ".+" of id \d+; the vocab_size of config\.json is 500\.$/);
  edit('config.json', { vocab_size: 768 });
  edit('tokenizer.json', { pre_tokenizer: { type: 'Unheard' } });
  expect((await faultOf(open(dir))).message).toContain('has a tokenizer that cannot be loaded: ');
  write('tokenizer.json', '{}');
  expect((await faultOf(open(dir))).message).toContain('has a tokenizer whose decoder is missing');
});
