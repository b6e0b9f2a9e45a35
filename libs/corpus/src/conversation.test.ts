import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeRecord, encodeRecord } from '@slowthink/records';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { promptHashOf } from './id-index.ts';
import { parseMapping } from './mapping.ts';
import { readCorpus, type CorpusItem, type CorpusRequest } from './read-corpus.ts';

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'conversation-')); });
afterAll(() => { rmSync(folder, { recursive: true }); });

const read = async (name: string, content: string, request: Partial<CorpusRequest> = {}): Promise<CorpusItem[]> => {
  const path = join(folder, name), items: CorpusItem[] = [];
  writeFileSync(path, content);
  for await (const item of readCorpus({ paths: [path], ...request })) items.push(item);
  return items;
};
const questions = (items: readonly CorpusItem[]) => items.flatMap((item) => (item.kind === 'question' ? [item.question] : []));
const faults = (items: readonly CorpusItem[]) => items.flatMap((item) => (item.kind === 'fault' ? [`${item.fault.code} ${item.fault.message}`] : []));
const human = (value: unknown) => ({ from: 'human', value }), gpt = (value: unknown) => ({ from: 'gpt', value });
const user = (content: unknown) => ({ role: 'user', content }), assistant = (content: unknown) => ({ role: 'assistant', content });
const messages = { mapping: parseMapping('question=messages,answer=key') };

test('a MedSSS row with several turns: the last human turn is the question, the turns before it are its history', async () => {
  const [question] = questions(await read('turns.json', JSON.stringify([{ id: 1, conversations: [human('I am tired.'), gpt('Since when?'), human('A week. What lacks?\nA. Iron\nB. Zinc'), gpt('The answer is GOLDWORD, A.')], eval: { answer: 'A' } }])));
  expect(question!.prompt).toEqual({ text: 'A week. What lacks?\nA. Iron\nB. Zinc', history: [{ role: 'user', content: 'I am tired.' }, { role: 'assistant', content: 'Since when?' }] });
  expect(question!.gold).toMatchObject({ kind: 'choice', answer: 'A' });
  expect(decodeRecord(encodeRecord(question!), ['question'])).toEqual(question);
});

test('the last gpt turn is gold: whatever it says, and whatever follows it, no prompt changes', async () => {
  const rows = (last: readonly unknown[]) => JSON.stringify([{ id: 1, conversations: [human('Tired.'), gpt('Since when?'), human('A week. Iron?'), ...last], eval: { answer: 'yes' } }]);
  const prompts = await Promise.all([[], [gpt('The answer is GOLDWORD.')], [gpt(null)], [gpt('GOLDWORD'), gpt('GOLDWORD again')]].map(async (last, at) => questions(await read(`gold-${at}.json`, rows(last)))[0]!.prompt));
  for (const prompt of prompts) expect(prompt).toEqual(prompts[0]);
  expect(JSON.stringify(prompts)).not.toContain('GOLDWORD');
});

test('a column of messages is a question with its history, from JSONL and as JSON text in CSV', async () => {
  const turns = [{ role: 'system', content: 'You are a doctor.' }, user('Tired.'), assistant('Since when?'), user([{ type: 'text', text: 'A week.' }, { type: 'text', text: 'Iron?' }]), assistant('GOLDWORD')];
  const wanted = { text: 'A week.\nIron?', history: [{ role: 'user', content: 'You are a doctor.\n\nTired.' }, { role: 'assistant', content: 'Since when?' }] };
  expect(questions(await read('m.jsonl', JSON.stringify({ id: 1, messages: turns, key: 'yes' }), messages)).map(({ prompt }) => prompt)).toEqual([wanted]);
  expect(questions(await read('m.csv', `id,messages,key\n1,"${JSON.stringify(turns).replaceAll('"', '""')}",yes\n`, messages)).map(({ prompt }) => prompt)).toEqual([wanted]);
});

test('a conversation of one turn is the same question as its text, and text that only looks like JSON stays text', async () => {
  const rows = [{ id: 1, messages: [user('Iron?'), assistant('GOLDWORD')], key: 'yes' }, { id: 2, messages: 'Iron?', key: 'yes' }, { id: 3, messages: '[{"a": 1}] means what?', key: 'no' }, { id: 4, messages: '[{"dose": 5}]', key: 'no' }];
  const items = await read('one.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'), messages);
  expect(questions(items).map(({ prompt }) => prompt)).toEqual([{ text: 'Iron?' }, { text: 'Iron?' }, { text: '[{"a": 1}] means what?' }, { text: '[{"dose": 5}]' }]);
});

test('options are those of the latest turn of the user that names some; a column of options goes to the question', async () => {
  const rows = [
    { id: 1, messages: [user('Which?\nA. Iron\nB. Zinc'), assistant('C. is no option.\nA. x\nB. y'), user('Decide.')], key: 'B' },
    { id: 2, messages: [user('Tired.'), assistant('So?'), user('Which?')], key: 'B', options: ['Iron', 'Zinc'] },
  ];
  const [first, second] = questions(await read('options.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'), { mapping: parseMapping('question=messages,answer=key,options=options') }));
  expect(first!.gold).toEqual({ kind: 'choice', answer: 'B', options: [{ letter: 'A', text: 'Iron' }, { letter: 'B', text: 'Zinc' }] });
  expect(first!.prompt.text).toBe('Decide.');
  expect(second!.prompt.text).toBe('Which?\nA. Iron\nB. Zinc');
});

test('says which turn is wrong', async () => {
  const bad = [[assistant('x')], [user('a'), { role: 'tool', content: 'x' }, user('b')], [user('a'), assistant({ x: 1 }), user('b')], [user(7)], [user('a'), assistant('b'), user('a\ud800')]];
  const items = await read('bad.jsonl', bad.map((turns, id) => JSON.stringify({ id, messages: turns, key: 'yes' })).join('\n'), messages);
  expect(faults(items)).toEqual([
    'QUESTION_ROW_INVALID The row on line 1 has no turn of the user in "messages".',
    expect.stringMatching(/^QUESTION_ROW_INVALID Turn 2 in "messages" of the row on line 2 is by "tool"; known are user, human, /),
    'QUESTION_ROW_INVALID Turn 2 in "messages" of the row on line 3 has no text in "content".',
    'QUESTION_ROW_INVALID Turn 1 in "messages" of the row on line 4 has no text in "content".',
    'QUESTION_ENCODING The row on line 5 holds half a surrogate pair: it is no Unicode text.',
  ]);
});

test('the same last turn behind another history is another question', async () => {
  const rows = [[user('Iron?')], [user('Tired.'), assistant('So?'), user('Iron?')], [user('Pale.'), assistant('So?'), user('Iron?')], [user('Pale.'), assistant('So?'), user('Iron?')]];
  const items = await read('same.jsonl', rows.map((turns, id) => JSON.stringify({ id, messages: turns, key: 'yes' })).join('\n'), messages);
  expect(items.flatMap((item) => (item.kind === 'warning' ? [item.message.replace(/ \(.*/s, '')] : []))).toEqual(['same/train/row-4 asks the same as same/train/row-3']);
  expect(new Set(questions(items).map(({ prompt }) => promptHashOf(prompt))).size).toBe(3);
});
