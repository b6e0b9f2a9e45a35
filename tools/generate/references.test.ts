import { join } from 'node:path';
import { expect, test } from 'vitest';
import { brokenReferences } from './references.ts';

const root = join(import.meta.dirname, '../..');

test('finds nothing to say about paths and test titles that exist, and reads no other code', () => {
  expect(brokenReferences(root, 'x.md', 'See `tools/generate/marks.ts` and `tools/generate/marks.test.ts`: "leaves the piece of another name alone", `npm test` and `DIR/dataset`.')).toEqual([]);
});

test('names the path that is gone, and the title that its file does not have', () => {
  expect(brokenReferences(root, 'x.md', '`tools/generate/gone.ts`, `tools/generate/marks.ts`: "no such test"')).toEqual([
    'x.md names tools/generate/gone.ts, which does not exist.', 'x.md names the test "no such test", which is not in tools/generate/marks.ts.',
  ]);
});
