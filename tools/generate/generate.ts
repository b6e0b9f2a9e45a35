// npm run generate: writes everything that is generated; with --check it writes nothing and fails when something is stale.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { typesOf, validatorsOf } from './schemas.ts';

const root = join(import.meta.dirname, '../..');
const generated = join(root, 'libs/records/src/generated');
const validators = validatorsOf(join(root, 'schemas'));
const files: readonly (readonly [string, string])[] = [
  [join(generated, 'types.ts'), await typesOf(join(root, 'schemas'))],
  [join(generated, 'validators.js'), validators.code],
  [join(generated, 'validators.d.ts'), validators.declaration],
];

const read = (path: string): string | undefined => { try { return readFileSync(path, 'utf8'); } catch { return undefined; } };
const stale = files.filter(([path, text]) => read(path) !== text);
if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`stale: ${relative(root, path)}. Type: npm run generate`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) { mkdirSync(dirname(path), { recursive: true }); writeFileSync(path, text); console.log(`wrote ${relative(root, path)}`); }
}
