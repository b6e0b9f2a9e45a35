import { expect, test } from 'vitest';
import { blockBehind, compareBlock, compareSentences, plainLine } from './claims.ts';

const readme = `# Title

\`\`\`sh
npm ci && npx program run
\`\`\`

It prints:

\`\`\`
expand    64     64
This process: 3046 requests in 36.8 s.
Sealed runs/default/dataset: 63 rows.
\`\`\`

A scorer picks the right one for 92 % of 600 questions.
`;
const output = 'expand  64  64\nThis process: 3046 requests in 51.2 s.\nSealed /tmp/x/run/dataset: 63 rows.\n';
const folders = { readme: 'runs/default', command: '/tmp/x/run' };
const block = blockBehind(readme, 'npx program run')!;

test('finds the block that a command prints, behind the block of the command, with its line', () => {
  expect(block).toEqual({ line: 10, lines: ['expand    64     64', 'This process: 3046 requests in 36.8 s.', 'Sealed runs/default/dataset: 63 rows.'] });
  expect(readme.split('\n')[block.line - 1]).toBe(block.lines[0]);
  expect(blockBehind(readme, 'another command')).toBeUndefined();
});

test('lets spaces, seconds and the folder differ, and nothing else', () => {
  expect(compareBlock(block, output, folders, 'program run').every(({ holds }) => holds)).toBe(true);
  expect(plainLine('a   3 s b', 'FOLDERLESS')).toBe('a SECONDS b');
  const other = compareBlock(block, output.replace('3046', '3047'), folders, 'program run').filter(({ holds }) => !holds);
  expect(other).toEqual([{ line: 11, said: 'This process: 3046 requests in 36.8 s.', found: 'This process: 3047 requests in 51.2 s.', holds: false, from: 'program run' }]);
});

test('says that a line is gone where nothing like it was printed', () => {
  expect(compareBlock(block, 'other\n', folders, 'program run').map(({ found }) => found)).toEqual(['no such line', 'no such line', 'no such line']);
});

test('compares the numbers of a sentence one by one, and misses a sentence that is gone', () => {
  const pattern = /for (\d+) % of (\d+) questions/u;
  expect(compareSentences(readme, [{ pattern, found: ['92', '600'], from: 'here' }])).toEqual([{ line: 15, said: 'for 92 % of 600 questions', found: '92, 600', holds: true, from: 'here' }]);
  expect(compareSentences(readme, [{ pattern, found: ['92', '601'], from: 'here' }])[0]!.holds).toBe(false);
  expect(compareSentences('', [{ pattern, found: ['92', '600'], from: 'here' }])[0]).toMatchObject({ line: 0, holds: false });
});
