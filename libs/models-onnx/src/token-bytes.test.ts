import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readModelFolder, type JsonObject } from './model-folder.ts';
import { fixtureDir } from './testing/model-dirs.ts';
import { openTextModel } from './text-model.ts';
import { tokenBytes } from './token-bytes.ts';

const wrong = (what: string) => Object.assign(new Error(what), { hint: '' }) as never;
const text = (parts: readonly Uint8Array[]) => Buffer.concat(parts).toString('utf8');
const tokenizerJson = JSON.parse(readFileSync(join(fixtureDir('llama'), 'tokenizer.json'), 'utf8')) as JsonObject;

test('the bytes of all tokens but the special ones, one after the other, are the text (property)', async () => {
  const model = await openTextModel(await readModelFolder(fixtureDir('llama')));
  const special = new Set([0, 1, 2, 3]);
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (said) => {
    const { ids, messageTokens } = model.tokenize([{ role: 'user', content: 'Q' }], `a${said}`);
    const own = ids.slice(messageTokens);
    fc.pre(!own.some((id) => special.has(id)));
    expect(text(own.map((id) => model.bytesOf[id]!))).toBe(`a${said}`);
  }));
});

test('all 256 bytes have a token, special tokens have no bytes, added ones are plain text', () => {
  const bytes = tokenBytes(tokenizerJson, 768, wrong);
  expect(new Set(bytes.filter((one) => one.length === 1).map((one) => one[0])).size).toBe(256);
  expect(bytes.slice(0, 4).map((one) => one.length)).toEqual([0, 0, 0, 0]);
  expect([bytes[4]!, bytes[5]!].map((one) => text([one]))).toEqual(['\n\n', 'Step 0:']);
});

test('a tokenizer of SentencePiece: the sign is a space, <0x0A> a byte', () => {
  const json = {
    model: { vocab: { '<unk>': 0, '▁the': 1, 's': 2, '<0xE2>': 3, '<0x89>': 4, '<0xA5>': 5, '▁': 6 } }, added_tokens: [{ id: 0, content: '<unk>', special: true }],
    decoder: { type: 'Sequence', decoders: [{ type: 'Replace', pattern: { String: '▁' }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' }, { type: 'Strip', content: ' ', start: 1, stop: 0 }] },
  };
  const bytes = tokenBytes(json, 9, wrong);
  expect(text([1, 2, 6, 3, 4, 5, 0, 8].map((id) => bytes[id]!))).toBe(' thes ≥');
  const metaspace = tokenBytes({ model: { vocab: [['<unk>', 0], ['▁the', -1], ['<0x0A>', -2]] }, decoder: { type: 'Metaspace', replacement: '▁' } }, 3, wrong);
  expect(text([metaspace[1]!, metaspace[2]!])).toBe(' the<0x0A>');
});

test.each([
  [{ decoder: { type: 'WordPiece', prefix: '##' } }, 'has a tokenizer whose decoder is WordPiece'],
  [{ decoder: null }, 'has a tokenizer whose decoder is missing'],
  [{ decoder: { type: 'Sequence', decoders: [{ type: 'ByteLevel' }, { type: 'CTC' }] } }, 'whose decoder is ByteLevel'],
  [{ decoder: { type: 'Fuse' } }, 'a sequence without a sign for the space'],
  [{ model: {} }, 'without model.vocab'],
  [{ added_tokens: [{ id: 768, content: '<x>' }] }, 'with the token "<x>" of id 768; the vocab_size of config.json is 768'],
])('a tokenizer with %j is refused', (changes, why) => expect(() => tokenBytes({ ...tokenizerJson, ...changes }, 768, wrong)).toThrow(why));
