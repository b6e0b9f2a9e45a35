// The science of docs/experiments.md, command by command:
//   node tools/experiments/main.ts register                      fixes data, base, planted misconceptions, analysis and recipes by sha256, before the first run
//   node tools/experiments/main.ts make [NAME…] --trainer local:PYTHON  makes every model, or the named experiments; goes on where it was stopped
//   node tools/experiments/main.ts decode --trainer local:PYTHON        decodes the test set once with all of them, stores docs/experiments/outcomes.SET.json and writes docs/experiments.md
//     --set FILE   another test set, of "node tools/dosage/main.ts test-set"; a file in this repository
//   node tools/experiments/main.ts write [--check]                      writes the tables of docs/experiments.md from what is stored, or says that they are stale
// PYTHON has the packages of tools/seed-models/requirements.txt. With another trainer: --python PYTHON, or SLOWTHINK_PYTHON.
// Exit codes: 0 done, 1 it failed or is stale, 2 wrong use, 130 stopped by a signal (the same command goes on).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { writeWhole } from '@slowthink/results';
import { dataSets, rowMapping } from '../dosage/data.ts';
import { replaceBetweenMarks } from '../generate/marks.ts';
import { costsOf, type Making } from './costs.ts';
import { decodeTest, refuseDecoded, type TestSet } from './decode-test.ts';
import { resultTables, type AboutQuestion } from './document.ts';
import { evolutionLine, evolutionTable, readEvolutionLines, withLine } from './evolution-lines.ts';
import { experimentNamed, experiments, leftOut, type Experiment, type System } from './experiments.ts';
import { makingOf } from './making-costs.ts';
import { readOutcomes, type Outcomes } from './outcomes.ts';
import { checkPython, pythonOf } from './python-of.ts';
import { changedSince, notRegistered, register, type Registration } from './registration.ts';
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
  await writeJson(file, await register(new Date().toISOString().slice(0, 10), flags.set, Number(flags.candidates)));
  console.log(`Wrote ${file}. Commit it before the first run.`);
}

function python(): string { return pythonOf({ python: flags.python, trainer: flags.trainer, fromEnvironment: process.env['SLOWTHINK_PYTHON'] }); }
function git(...args: readonly string[]): string { return execFileSync('git', [...args], { cwd: repository, encoding: 'utf8' }).trim(); }
function head(): string { return git('rev-parse', '--short=12', 'HEAD'); }

function workshop(): Workshop {
  return openWorkshop({ dir: resolve(flags.dir), trainer: flags.trainer, python, threads: Number(flags.threads), commit: git('describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'), signal: stop.signal, say: (line) => console.error(line) });
}

/** Experiments after what they need, each once. */
function inOrder(wanted: readonly string[], before: readonly string[] = []): readonly string[] {
  return wanted.reduce<readonly string[]>((order, name) => (order.includes(name) ? order : [...inOrder(experimentNamed(name).needs, order), name]), before);
}

async function make(wanted: readonly string[]): Promise<readonly System[]> {
  const order = inOrder(wanted).map(experimentNamed);
  if (order.some((experiment) => experiment.python === true)) checkPython(python(), repository); // before anything is made
  const shop = workshop();
  const systems: System[] = [];
  for (const experiment of order) {
    systems.push(...await experiment.make(shop));
    await noteEvolution(shop, experiment);
  }
  return systems;
}

/** Dev was looked at with every evolution: each has its line, also one that nobody goes on with. */
async function noteEvolution(shop: Workshop, { name, title, evolution }: Experiment): Promise<void> {
  if (evolution === undefined) return;
  const file = join(stored, 'evolutions.json');
  const { at, commit } = shop.doneWith(name);
  const before = readEvolutionLines(file);
  const lines = withLine(before, evolutionLine(shop.path(...evolution, 'report.json'), { name, title, date: at.slice(0, 10), commit }));
  if (lines !== before) await writeJson(file, lines);
}

/** Every system is made by now, or is made first: nothing may be trained after the test set was looked at. The outcomes are written last but for the tables, so that what ends before them goes on with the same command. */
async function decode(): Promise<void> {
  const set = setOf(flags.set);
  const outcomesFile = join(stored, `outcomes.${set.name}.json`);
  refuseDecoded(outcomesFile);
  checkPython(python(), repository);
  const systems = await make(experiments.map(({ name }) => name));
  const shop = workshop();
  const changed = git('status', '--porcelain', '--untracked-files=no');
  if (changed !== '') throw new Error(`The working tree has changes that are not committed:\n${changed}\nCommit them first: the outcomes name a commit.`);
  const costs: Record<string, Making> = {};
  for (const [name, prefix] of [['main', ''], ['heavy-sft', 'heavy-sft-']] as const) {
    for (const [at, made] of (await makingOf(shop.path(name), [1, 2], parameters)).entries()) costs[`${prefix}round-${at + 1}`] = made;
  }
  await writeJson(costsFile(set.name), costs);
  const outcomes = await decodeTest({ shop, set, systems, candidates: Number(flags.candidates), python: python(), outcomesFile, commit: head(), decodedAt: new Date().toISOString().slice(0, 10) });
  await write();
  console.log(`Decoded ${outcomes.set.questions.length} questions with ${outcomes.models.length} systems and temperatures, and wrote docs/experiments.md.`);
}

function costsFile(set: string): string { return join(stored, `costs.${set}.json`); }

/** A set of datasets/dosage by name, or a file of "tools/dosage/main.ts test-set" that is kept in the repository: its outcomes need its questions. */
function setOf(text: string): TestSet {
  const known = dataSets.find(({ name, part }) => name === text && part !== 'train');
  if (known !== undefined) return { name: known.name, file: join(repository, 'datasets', 'dosage', `${known.part}.jsonl`) };
  const file = resolve(text), path = relative(repository, file);
  if (!text.endsWith('.jsonl') || !existsSync(file)) throw new Error(`--set is dosage-test, or a file that "node tools/dosage/main.ts test-set --seed N --out FILE.jsonl" wrote, not "${text}".`);
  if (path.startsWith('..')) throw new Error(`${text} lies outside the repository. Draw it into docs/experiments and commit it: it stays beside its outcomes.`);
  return { name: basename(file, '.jsonl'), file, drawn: { path: path.split(sep).join('/'), mapping: rowMapping } };
}

function list(lines: readonly string[]): string { return lines.map((line) => `- ${line}`).join('\n'); }

async function write(): Promise<void> {
  const document = join(repository, 'docs', 'experiments.md');
  const registration = JSON.parse(readFileSync(join(stored, 'registration.json'), 'utf8')) as Registration;
  const edits = await changedSince(registration);
  const registered = [
    `Registered ${registration.registeredAt}: base \`${registration.base.slice(0, 16)}\`, ${Object.entries(registration.files).map(([path, hash]) => `${path} \`${hash.slice(0, 16)}\``).join(', ')}.`,
    edits.length === 0 ? 'Nothing of it has changed since.' : `Changed since:\n\n${list(edits)}`,
    `Not registered, as it is now:\n\n${list(await notRegistered(registration))}`,
  ].join('\n\n');
  const before = readFileSync(document, 'utf8');
  const evolutions = evolutionTable(readEvolutionLines(join(stored, 'evolutions.json')), pilotLines(before));
  const text = [['registration', registered], ['results', results()], ['evolutions', evolutions]].reduce((so, [name, part]) => replaceBetweenMarks(so, name!, part!), before);
  if (!flags.check) writeFileSync(document, text);
  else if (text !== before) throw new Error('docs/experiments.md is stale: node tools/experiments/main.ts write');
}

/** Every set that was decoded, in the order of the days: what was found on a set stays when another is drawn. */
function results(): string {
  const all = readdirSync(stored).filter((name) => /^outcomes\..+\.json$/u.test(name)).map((name) => readOutcomes(join(stored, name))).sort((a, b) => (a.decodedAt === b.decodedAt ? (a.set.name < b.set.name ? -1 : 1) : a.decodedAt < b.decodedAt ? -1 : 1));
  if (all.length === 0) return 'The test set has not been decoded yet.';
  return all.map((outcomes) => {
    const costs = costsOf(JSON.parse(readFileSync(costsFile(outcomes.set.name), 'utf8')) as Record<string, Making>, parameters);
    return `${all.length > 1 ? `**${outcomes.set.name}**\n\n` : ''}${resultTables({ outcomes, costs, experiments, questions: aboutQuestions(outcomes.set), leftOut })}`;
  }).join('\n\n');
}

/** Rows of the table that was written by hand, above the generated one. */
function pilotLines(document: string): number { return document.slice(document.indexOf('## Every evolution'), document.indexOf('<!-- generated:evolutions -->')).match(/^\| \d+ \|/gmu)?.length ?? 0; }

/** Kind and text of the questions, in the order of their ids. */
function aboutQuestions({ name, file, questions }: Outcomes['set']): readonly AboutQuestion[] {
  const path = file === undefined ? setOf(name).file : join(repository, file);
  const rows = new Map(readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { readonly id: string; readonly kind: string; readonly question: string }).map((row) => [row.id, row]));
  return questions.map((id) => {
    const row = rows.get(id.split('/').at(-1)!);
    if (row === undefined) throw new Error(`${id} of the outcomes is no question of ${name}.`);
    return { id, kind: row.kind, text: row.question };
  });
}

async function writeJson(file: string, value: object): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  await writeWhole(file, `${JSON.stringify(value, null, 2)}\n`);
}
