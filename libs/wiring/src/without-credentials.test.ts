import { expect, test } from 'vitest';
import { withoutCredentials } from './without-credentials.ts';

test.each([
  ['openai:http://ann:word@host:8080/v1#m@2', 'openai:http://host:8080/v1#m@2'],
  ['judge:openai:https://ann:word@host#m', 'judge:openai:https://host/#m'],
  ['http://ann:word@host', 'http://host/'], // of no form, and shown before it is refused
  ['openai:http://ann:w#rd@host#m', 'openai:http://***@host#m'],
  ['openai:http://host#m@2', 'openai:http://host#m@2'],
  ['seed', 'seed'],
  ['onnx:models//a@b#q8', 'onnx:models//a@b#q8'],
  ['command:check http://ann:word@host', 'command:check http://ann:word@host'], // the program's own
])('%s is shown as %s', (text, shown) => expect(withoutCredentials(text)).toBe(shown));
