import { expect, test } from 'vitest';
import { parsePolicy } from './parse-policy.ts';
import { revisionOf } from './revision.ts';

test.each([
  ['openai:http://127.0.0.1:8080#smollm2-135m', { url: 'http://127.0.0.1:8080', model: 'smollm2-135m' }],
  ['openai:https://host.example/v1/#Qwen/Qwen3-8B@9f2c', { url: 'https://host.example', model: 'Qwen/Qwen3-8B', revision: '9f2c' }],
  ['openai:http://host:1/proxy/v1#a@b@c', { url: 'http://host:1/proxy', model: 'a@b', revision: 'c' }],
  ['openai:http://ann:secret@host:1#m:7b', { url: 'http://ann:secret@host:1', model: 'm:7b' }],
] as const)('reads %s', (text, address) => expect(parsePolicy(text)).toEqual(address));

test.each([
  ['http://host#m', 'it does not begin with "openai:"'],
  ['openai:http://host', 'the name of the model is missing after "#"'],
  ['openai:http://host#', 'the name of the model is missing after "#"'],
  ['openai:http://host#@r', 'the name of the model is missing after "#"'],
  ['openai:http://host#m@', 'the revision is missing after "@"'],
  ['openai:host:80:90#m', 'not with http: or https:'],
  ['openai:#m', 'is not a URL'],
] as const)('refuses %s', (text, why) => {
  expect(() => parsePolicy(text)).toThrow(expect.objectContaining({ code: 'SETTING_INVALID', message: expect.stringContaining(why), hint: 'Write it as openai:http://127.0.0.1:8080#MODEL or openai:http://127.0.0.1:8080#MODEL@REVISION.' }));
});

test('a password is not repeated in the message', () => {
  expect(() => parsePolicy('openai:http://ann:secret@host')).toThrow('//***@host');
  expect(() => parsePolicy('openai:http://ann:secret@host')).not.toThrow('secret');
});

test('the revision follows the weights, not the folder, the time of start or the size of the context', () => {
  const meta = { n_ctx: 2048, n_params: 134515008, size: 96576768, ftype: 'Q4_1' };
  const later = { id: '/models/a/smol.gguf', created: 5, meta };
  const revision = revisionOf({ id: '/models/a/smol.gguf', meta });
  expect(revisionOf({ id: 'D:\\b\\smol.gguf', meta: { ...meta, n_ctx: 4096 } })).toBe(revision);
  expect(revisionOf(later)).toBe(revision);
  expect(revisionOf({ id: '/models/a/smol.gguf', meta: { ...meta, ftype: 'Q8_0' } })).not.toBe(revision);
  expect(revisionOf({ id: 'm', root: 'Qwen/Qwen3-8B' })).not.toBe(revisionOf({ id: 'm', root: 'Qwen/Qwen3-4B' }));
});
