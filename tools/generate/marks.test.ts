import { expect, test } from 'vitest';
import { markOf, replaceBetweenMarks } from './marks.ts';

const { begin, end } = markOf('table');

test('replaces what stands between the marks and nothing else', () => {
  expect(replaceBetweenMarks(`above\n${begin}\nold\nlines\n${end}\nbelow\n`, 'table', '\n| new |\n')).toBe(`above\n${begin}\n| new |\n${end}\nbelow\n`);
});

test('fills marks that hold nothing yet, and changes nothing the second time', () => {
  const once = replaceBetweenMarks(`${begin}\n${end}`, 'table', 'body');
  expect(once).toBe(`${begin}\nbody\n${end}`);
  expect(replaceBetweenMarks(once, 'table', 'body')).toBe(once);
});

test('leaves the piece of another name alone', () => {
  const other = `${markOf('tables').begin}\nkept\n${markOf('tables').end}\n`;
  expect(replaceBetweenMarks(`${other}${begin}\n${end}`, 'table', 'body')).toBe(`${other}${begin}\nbody\n${end}`);
});

test('takes "$&" and "$1" in the body as they are', () => {
  expect(replaceBetweenMarks(`${begin}\n${end}`, 'table', '$& $1 $$')).toContain('\n$& $1 $$\n');
});

test.each([
  ['no begin', `${end}`, `the line ${begin} is missing`],
  ['no end', `${begin}\nold`, `the line ${end} is missing`],
  ['two begins', `${begin}\n${begin}\n${end}`, `the line ${begin} stands twice`],
  ['the end first', `${end}\n${begin}`, `${end} stands before ${begin}`],
])('refuses a text with %s, and names the mark', (_what, text, message) => {
  expect(() => replaceBetweenMarks(text, 'table', 'body')).toThrow(message);
});
