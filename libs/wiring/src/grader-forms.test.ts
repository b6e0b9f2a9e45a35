// Every form of --grader: what it is known by before a server is asked, and what a run folder keeps of it.
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { graderForm } from './grader-forms.ts';
import type { RunSettings } from './run-settings.ts';

const settings = (grader: string, samples = 1, tokens = 512): RunSettings => ({ grader, 'grading.judgeSamples': samples, 'grading.judgeTokens': tokens } as unknown as RunSettings);

test.each([
  ['rules', undefined, 'rules', 'rules'],
  ['command:cat package.json --x', undefined, expect.stringMatching(/^command:cat package\.json@[0-9a-f]{12}$/), `command:["cat","${resolve('package.json')}","--x"]`],
  ['judge:openai:http://ann:word@host:8080/v1#big@2', undefined, 'judge:big@2', 'judge:openai:http://host:8080/v1#big@2'],
  ['judge:openai:http://host#big', { model: 'big', revision: 'abc' }, 'judge:big@abc', 'judge:openai:http://host#big'], // what the folder began with is believed until the server is asked
  ['judge:openai:http://host#big', { model: 'other', revision: 'abc' }, 'judge:big@unknown', 'judge:openai:http://host#big'],
])('%s in a folder of %j is known as %s and kept as %s', (grader, began, name, kept) => {
  const form = graderForm(grader);
  expect([form.nameFor(settings(grader), began), form.kept(grader)]).toEqual([name, kept]);
});

test('the votes of a judge and their length are part of its name, whatever its model and revision look like', () => {
  const grader = 'judge:openai:http://host#big';
  expect(graderForm(grader).nameFor(settings(grader, 3), { model: 'big', revision: 'abc' })).toBe('judge:big@abc x3');
  expect(graderForm(grader).nameFor(settings(grader, 1, 2048), { model: 'big', revision: 'abc' })).toBe('judge:big@abc 2048 tokens');
  expect(graderForm(grader).nameFor(settings(grader), { model: 'big', revision: 'a@b x3' })).toBe('judge:big@a@b x3'); // a revision that looks like votes
});

test('names every form where the text is of none, and repeats no password', () => {
  expect(() => graderForm('http://ann:word@host')).toThrow('--grader is "http://***@host"; allowed: rules, command:PROGRAM [ARGS…], judge:openai:URL#MODEL[@REVISION].');
});
