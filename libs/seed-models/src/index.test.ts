import { isAbsolute, join } from 'node:path';
import { expect, test } from 'vitest';
import { seedPolicyDir, seedScorerDir } from './index.ts';

test('both folders lie in this package, whatever the working directory', () => {
  const packageDir = join(import.meta.dirname, '..');
  expect([seedPolicyDir(), seedScorerDir()]).toEqual([join(packageDir, 'policy'), join(packageDir, 'scorer')]);
  expect([seedPolicyDir(), seedScorerDir()].every(isAbsolute)).toBe(true);
});
