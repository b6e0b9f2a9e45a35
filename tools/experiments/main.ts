// The science of docs/experiments.md, command by command:
//   node tools/experiments/main.ts register                      fixes data, base, planted misconceptions, analysis and recipes by sha256, before the first run
//   node tools/experiments/main.ts make [NAME…] --trainer local  makes every model, or the named experiments; goes on where it was stopped
//   node tools/experiments/main.ts decode --trainer local        decodes the test set once with all of them and writes docs/experiments/outcomes.json
//   node tools/experiments/main.ts write [--check]               writes the tables of docs/experiments.md from what is stored, or says that they are stale
// Exit codes: 0 done, 1 it failed or is stale, 2 wrong use, 130 stopped by a signal (the same command goes on).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { costsOf, type Making } from './costs.ts';
import { decodeTest } from './decode-test.ts';
import { resultTables, type AboutQuestion } from './document.ts';
import { experimentNamed, experiments, leftOut, type System } from './experiments.ts';
import { makingOf } from './making-costs.ts';
import { readOutcomes } from './outcomes.ts';
import { changedSince, register, type Registration } from './registration.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

const repository = resolve(import.meta.dirname, '../..');
const stored = join(repository, 'docs', 'experiments');
const parameters = 1_148_032; // of the seed policy; its scorer has 258 more

const { values: flags, positionals: [command, ...names] } = parseArgs({ allowPositionals: true, options: {
  dir: { type: 'string', default: 'runs/experiments' }, trainer: { type: 'string', default: 'local' }, python: { type: 'string' }, threads: { type: 'string', default: '2' }, set: { type: 'string', default: 'dosage-test' },
  candidates: { type: 'string', default: '16' }, check: { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
} });
const usage = readFileSync(import.meta.filename, 'utf8').split('\n').filter((line) => line.startsWith('//')).map((line) => line.slice(3)).join('\n');

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new Error('Stopped. The same command goes on.')));

try {
  if (flags.help || command === undefined) { console.log(usage); process.exitCode = flags.help ? 0 : 2; }
  else if (command === 'register') await registerNow();
  else if (command === 'make') await make(names.length === 0 ? experiments.map(({ name }) => name) : names);
  else if (command === 'decode') await decode();
  else if (command === 'write') await write();
  else { console.error(`There is no command "${command}".\n${usage}`); process.exitCode = 2; }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = stop.signal.aborted ? 130 : 1;
}

async function registerNow(): Promise<void> {
  const file = join(stored, 'registration.json');
  if (existsSync(file)) throw new Error(`${file} stands: what is registered stays registered. Later edits are listed by "write".`);
  writeJson(file, await register(new Date().toISOString().slice(0, 10), flags.set, Number(flags.candidates)));
  console.log(`Wrote ${file}. Commit it before the first run.`);
}

function workshop(): Workshop {
  return openWorkshop({ dir: resolve(flags.dir), trainer: flags.trainer, python: () => flags.python ?? pythonOf(flags.trainer), threads: Number(flags.threads), signal: stop.signal, say: (line) => console.error(line) });
}

/** Experiments after what they need, each once. */
function inOrder(wanted: readonly string[], before: readonly string[] = []): readonly string[] {
  return wanted.reduce<readonly string[]>((order, name) => (order.includes(name) ? order : [...inOrder(experimentNamed(name).needs, order), name]), before);
}

async function make(wanted: readonly string[]): Promise<readonly System[]> {
  const shop = workshop();
  const systems: System[] = [];
  for (const name of inOrder(wanted)) systems.push(...await experimentNamed(name).make(shop));
  return systems;
}

/** Every system is made by now, or is made first: nothing may be trained after the test set was looked at. */
async function decode(): Promise<void> {
  const systems = await make(experiments.map(({ name }) => name));
  const shop = workshop();
  const changed = execFileSync('git', ['status', '--porcelain', '--untracked-files=no'], { cwd: repository, encoding: 'utf8' }).trim();
  if (changed !== '') throw new Error(`The working tree has changes that are not committed:\n${changed}\nCommit them first: the outcomes name a commit.`);
  const costs: Record<string, Making> = {};
  for (const [name, prefix] of [['main', ''], ['heavy-sft', 'heavy-sft-']] as const) {
    for (const [at, made] of (await makingOf(shop.path(name), [1, 2], parameters)).entries()) costs[`${prefix}round-${at + 1}`] = made;
  }
  const file = join(repository, 'datasets', 'dosage', `${flags.set.replace(/^dosage-/, '')}.jsonl`);
  const outcomes = await decodeTest({ shop, set: { name: flags.set, file }, systems, candidates: Number(flags.candidates), python: flags.python ?? pythonOf(flags.trainer), outcomesFile: join(stored, `outcomes.${flags.set}.json`), commit: execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: repository, encoding: 'utf8' }).trim(), decodedAt: new Date().toISOString().slice(0, 10) });
  writeJson(join(stored, 'costs.json'), costs);
  console.log(`Decoded ${outcomes.set.questions.length} questions with ${outcomes.models.length} systems and temperatures. Now: node tools/experiments/main.ts write`);
}

/** The Python of "local:PATH". */
function pythonOf(trainer: string): string {
  const path = /^local:(.+)$/.exec(trainer)?.[1] ?? process.env['SLOWTHINK_PYTHON'];
  if (path === undefined) throw new Error('Give the Python that has torch: --python PATH.');
  return path;
}

async function write(): Promise<void> {
  const document = join(repository, 'docs', 'experiments.md');
  const file = join(stored, `outcomes.${flags.set}.json`);
  const registration = JSON.parse(readFileSync(join(stored, 'registration.json'), 'utf8')) as Registration;
  const edits = await changedSince(registration);
  const registered = [`Registered ${registration.registeredAt}: base \`${registration.base.slice(0, 16)}\`, ${Object.entries(registration.files).map(([path, hash]) => `${path} \`${hash.slice(0, 16)}\``).join(', ')}.`, edits.length === 0 ? 'Nothing of it has changed since.' : `Changed since:\n\n${edits.map((edit) => `- ${edit}`).join('\n')}`].join('\n\n');
  const outcomes = existsSync(file) ? readOutcomes(file) : undefined;
  const results = outcomes === undefined ? 'The test set has not been decoded yet.' : resultTables({ outcomes, costs: costsOf(JSON.parse(readFileSync(join(stored, 'costs.json'), 'utf8')) as Record<string, Making>, parameters), experiments, questions: aboutQuestions(outcomes.set.questions), leftOut });
  const before = readFileSync(document, 'utf8');
  const text = between(between(before, 'registration', registered), 'results', results);
  if (!flags.check) writeFileSync(document, text);
  else if (text !== before) throw new Error('docs/experiments.md is stale: node tools/experiments/main.ts write');
}

/** Kind and text of the questions, in the order of their ids. */
function aboutQuestions(ids: readonly string[]): readonly AboutQuestion[] {
  const rows = new Map(readFileSync(join(repository, 'datasets', 'dosage', `${flags.set.replace(/^dosage-/, '')}.jsonl`), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { readonly id: string; readonly kind: string; readonly question: string }).map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = rows.get(id.split('/').at(-1)!);
    if (row === undefined) throw new Error(`${id} of the outcomes is no question of ${flags.set}.`);
    return { id, kind: row.kind, text: row.question };
  });
}

/** Puts a text between the two marks of a generated part. */
function between(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- generated:${name} -->`, `<!-- /generated:${name} -->`];
  const [at, to] = [document.indexOf(begin), document.indexOf(end)];
  if (at < 0 || to < at) throw new Error(`docs/experiments.md has no part between ${begin} and ${end}.`);
  return `${document.slice(0, at + begin.length)}\n${text}\n${document.slice(to)}`;
}

function writeJson(file: string, value: object): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}
