// npm run generate: writes everything that is generated, types and validators first, then the marked pieces of the documents; with --check it writes nothing.
// Both fail when the contract does not agree with itself, when a document lacks its marks, or names a file or test that is gone; --check also when something is stale.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { replaceBetweenMarks } from './marks.ts';
import { brokenReferences } from './references.ts';
import { readSchemas, typesOf, validatorsOf } from './schemas.ts';

const root = join(import.meta.dirname, '../..');
const generated = join(root, 'libs/records/src/generated');
const check = process.argv.includes('--check');
const problems: string[] = [];

const read = (path: string): string | undefined => { try { return readFileSync(path, 'utf8'); } catch { return undefined; } };

function settle(path: string, text: string): void {
  if (read(path) === text) return;
  if (check) { problems.push(`stale: ${relative(root, path)}. Type: npm run generate`); return; }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(`wrote ${relative(root, path)}`);
}

const schemas = readSchemas(join(root, 'schemas'));
const validators = validatorsOf(join(root, 'schemas'));
settle(join(generated, 'types.ts'), await typesOf(join(root, 'schemas')));
settle(join(generated, 'validators.js'), validators.code);
settle(join(generated, 'validators.d.ts'), validators.declaration);

// The program is loaded only now: it runs on the validators.
const [{ contractProblems }, { piecesOf }, { topics }, { stages }] = await Promise.all([import('./contract.ts'), import('./documents.ts'), import('@slowthink/records'), import('../../apps/slowthink/src/stages.ts')]);
problems.push(...contractProblems({ topics: Object.values(topics), schemas, stages }));

const pieces = await piecesOf(root, schemas);
for (const file of new Set(pieces.map((piece) => piece.file))) {
  try { settle(join(root, file), pieces.filter((piece) => piece.file === file).reduce((text, { mark, body }) => replaceBetweenMarks(text, mark, body), read(join(root, file)) ?? '')); } catch (error) { problems.push(`${file}: ${(error as Error).message}.`); }
}

const documents = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'schemas/README.md', 'datasets/README.md', ...readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];
for (const file of documents) problems.push(...brokenReferences(root, file, read(join(root, file)) ?? ''));

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
