import { conformanceRequest } from '@slowthink/models/conformance';
import { expect, test } from 'vitest';
import { checkRequest } from './check-request.ts';

test.each([
  [{ n: 0 }, 'n is 0; it must be a whole number from 1 to 65536.'],
  [{ n: 1.5 }, 'n is 1.5; it must be a whole number from 1 to 65536.'],
  [{ seed: Number.NaN }, 'seed is NaN; it must be a whole number from -9007199254740991.'],
  [{ sampling: { temperature: -1 } }, 'sampling.temperature is -1; it must be a number from 0.'],
  [{ sampling: { temperature: Number.NaN } }, 'sampling.temperature is NaN; it must be a number from 0.'],
  [{ sampling: { topP: 1.1 } }, 'sampling.topP is 1.1; it must be a number from 0 to 1.'],
  [{ sampling: { topK: -1 } }, 'sampling.topK is -1; it must be a whole number from 0.'],
  [{ sampling: { topK: 2.5 } }, 'sampling.topK is 2.5; it must be a whole number from 0.'],
  [{ sampling: { minP: 2 } }, 'sampling.minP is 2; it must be a number from 0 to 1.'],
  [{ sampling: { maxTokens: 0 } }, 'sampling.maxTokens is 0; it must be a whole number from 1.'],
  [{ sampling: { maxTokens: Infinity } }, 'sampling.maxTokens is Infinity; it must be a whole number from 1.'],
  [{ stop: ['a', ''] }, 'stop[1] is ""; it must be a text of at least one character.'],
  [{ choices: ['Reason'] }, 'choices is ["Reason"]; it must be a list of at least two words.'],
  [{ choices: ['Reason', ''] }, 'choices[1] is ""; it must be a text of at least one character.'],
  [{ choices: ['Fin', 'Reason', 'Finish'] }, 'choices[0] is "Fin"; it must be no beginning of another choice.'],
  [{ choices: ['Reason', 'Reason'] }, 'choices[0] is "Reason"; it must be no beginning of another choice.'],
  [{ choices: ['Reason', 'Fin\nish'], stop: ['\n'] }, 'choices[1] is "Fin\\nish"; it must be without a stop string.'],
  [{ messages: [] }, 'role of the last message is null; it must be "user".'],
  [{ messages: [{ role: 'assistant' as const, content: 'x' }] }, 'role of the last message is "assistant"; it must be "user".'],
])('a request with %j is refused', (changes, why) => {
  expect(() => checkRequest(conformanceRequest(changes))).toThrow(expect.objectContaining({ code: 'MODEL_REFUSED', blame: 'record', message: `Request conformance: ${why}` }));
});

test('the ends of every range are allowed', () => {
  checkRequest(conformanceRequest({ n: 1, seed: -5, sampling: { temperature: 0, topP: 0, topK: 0, minP: 1, maxTokens: 1 } }));
  checkRequest(conformanceRequest({ n: 65_536, seed: 2 ** 52, sampling: { temperature: 100, topP: 1, topK: 10 ** 6, minP: 0, maxTokens: 10 ** 6 } }));
});
