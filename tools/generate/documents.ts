// The generated pieces of the documents: each is a Markdown text made from the values that the program itself runs on.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FaultError, faultTable, type FaultCode } from '@slowthink/faults';
import { canonicalJson, topics, type SearchSettings, type Topic } from '@slowthink/records';
import { presets, recipes } from '@slowthink/search';
import { environmentName, type Setting } from '@slowthink/settings';
import { metricTable, type MetricRow } from '@slowthink/telemetry';
import { exitCodeOf, runSettings } from '@slowthink/wiring';
import { topologyText } from '../../apps/slowthink/src/commands/topology.ts';
import { registeredMisconceptions } from '../dosage/misconceptions.ts';
import { comparisonText } from '../grading/compare.ts';
import { defaults } from '../scale/inputs.ts';
import { readMeasured } from '../scale/measure.ts';
import { scaleText } from '../scale/tables.ts';
import { recordTypeOf, type NamedSchema } from './contract.ts';

export interface Piece {
  /** Relative to the root of the repository. */
  readonly file: string;
  readonly mark: string;
  readonly body: string;
}

const row = (...cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => [row(...head), row(...head.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n');
const code = (text: string): string => `\`${text}\``;

/** What each package is for: the one thing a manifest does not say. A package without a sentence here stops the generator. */
const purposes: { readonly [path: string]: string } = {
  'libs/records': 'topics table, ids, record types and validators generated from schemas/',
  'libs/faults': 'every fault: code, blame, retry, hint; the points at which the kill suite ends a process',
  'libs/settings': 'a table of settings resolved once; each value remembers where it came from',
  'libs/stream': 'a stage as a value; gate, credits, positions, ledger, operators, topology, observer',
  'libs/answers': 'reads an answer out of a text and judges it: one verdict type',
  'libs/prompts': 'every string a model is sent; the step format',
  'libs/search': 'the tree: apply(tree, event), next(tree); recipes and presets',
  'libs/labels': 'closed tree → labelled chains and preference pairs → rows; label recipes and settings',
  'libs/medsss': 'rows of the released MedSSS-data, both forms of chains ↔ closed trees',
  'libs/curriculum': 'which questions a search begins with: hardness, ranking, counts',
  'libs/evolution': 'the rounds of an evolution as data: plan, what comes next, what is kept',
  'libs/training': 'port and adapters of trainers: jobs and manifests, a Python here, a command of a cluster',
  'libs/programs': 'programs of this machine: run one to its end, start one with a log, end one that was left, a private Python',
  'libs/serving': 'how a new policy comes to be asked: in this process, a server that restarts, an adapter that is loaded',
  'libs/decoding': 'decoding rules: step values → a score, candidates → one answer; a row each',
  'libs/statistics': 'intervals, paired tests, calibration: each number checked against scipy and statsmodels',
  'libs/evaluation': 'judged items → every number of an evaluation',
  'libs/report': 'an evaluation → one HTML file without network',
  'libs/contamination': 'which training questions overlap benchmark items',
  'libs/broker': 'port of the log: reader, task, transaction; in-memory twin, conformance suite',
  'libs/broker-kafka': 'the log as topics of an Apache Kafka broker, by kafkajs',
  'libs/broker-sqlite': 'the log as one SQLite file, written by a worker',
  'libs/models': 'ports Policy and StepScorer; scripted twin, retry, patience, adaptive limit, revision pin, conformance suite',
  'libs/models-openai': 'any OpenAI-compatible server; dialects as rows of data',
  'libs/models-onnx': 'models inside the process: decode loop on onnxruntime whose tokens do not depend on the batch; step scorer',
  'libs/beam-search': 'a search over steps while a question is answered: the best prefixes by a step scorer go on',
  'libs/verifiers': 'port Verifier: a program or a chat model judges answers; each answer once',
  'libs/seed-models': 'the small policy and step scorer that ship: weights, tokenizer, card',
  'libs/corpus': 'question files and manifests → question records',
  'libs/tables': 'Arrow schemas, Parquet parts, the sealed data set and its card',
  'libs/results': 'result files of an evaluation: JSONL, Parquet, summary, the form of the MedSSS release',
  'libs/telemetry': 'meter, progress, log lines, health and metrics on a port',
  'libs/runtime': 'runs stages: partitions, commits, ends, draining',
  'libs/wiring': 'settings → adapters; run folder; import; a process with its exit code',
  'apps/expand': 'stage: questions and rollouts → trees',
  'apps/rollout': 'stage: expansions → rollouts',
  'apps/label': 'stage: trees → trajectories',
  'apps/shard': 'stage: trajectories → Parquet parts',
  'apps/probe': 'stage: seeds → hardness, before any tree',
  'apps/evaluate': 'stages sample and judge: benchmark items → candidates → verdicts',
  'apps/slowthink': 'the command line; composes the stages',
};

interface Manifest { readonly name: string; readonly dependencies?: { readonly [name: string]: string }; readonly nx: { readonly tags: readonly string[] } }

function readManifests(root: string): readonly { readonly path: string; readonly manifest: Manifest }[] {
  return ['libs', 'apps'].flatMap((folder) => readdirSync(join(root, folder)).sort().map((name) => ({ path: `${folder}/${name}`, manifest: JSON.parse(readFileSync(join(root, folder, name, 'package.json'), 'utf8')) as Manifest })));
}

const typeOf = ({ nx }: Manifest): string => nx.tags.find((tag) => tag.startsWith('type:'))?.slice(5) ?? '';

/** Package, type and what it is for, in the order of `purposes`; then which type may import which, as the linter enforces it. */
async function packagesText(root: string): Promise<string> {
  const manifests = readManifests(root);
  const unnamed = manifests.filter(({ path }) => !Object.hasOwn(purposes, path)).map(({ path }) => path);
  if (unnamed.length > 0) throw new Error(`tools/generate/documents.ts says nothing about ${unnamed.join(', ')}.`);
  const order = Object.keys(purposes);
  const sorted = [...manifests].sort((a, b) => order.indexOf(a.path) - order.indexOf(b.path));
  const { default: rules } = await import(join(root, '.dependency-cruiser.mjs')) as { readonly default: { readonly forbidden: readonly { readonly name: string; readonly comment?: string }[] } };
  const mayOf = new Map(manifests.map(({ path, manifest }) => {
    const type = typeOf(manifest);
    const comment = rules.forbidden.find(({ name }) => name === `${path}-is-${type}`)?.comment;
    if (comment === undefined) throw new Error(`.dependency-cruiser.mjs has no rule for ${path}.`);
    return [type, [...comment.split(' may import ')[1]!.matchAll(/type:([a-z]+)/g)].map(([, name]) => name!)] as const;
  }));
  const types = [...new Set(sorted.map(({ manifest }) => typeOf(manifest)))];
  return [
    table(['package', 'type', 'what'], sorted.map(({ path, manifest }) => [code(path), typeOf(manifest), purposes[path]!])), '',
    table(['type', 'may import'], types.map((type) => [type, mayOf.get(type)!.join(', ')])),
  ].join('\n');
}

const exitCode = (fault: FaultCode): string => String(exitCodeOf(new FaultError(fault, '')));

/** Environment faults with the exit code they end a command with, then record faults. */
function faultsText(): string {
  const rows = Object.entries(faultTable) as readonly (readonly [FaultCode, (typeof faultTable)[FaultCode]])[];
  const again = (retry: boolean): string => (retry ? 'yes' : 'no');
  const of = (blame: string) => rows.filter(([, fault]) => fault.blame === blame);
  return [
    '## The environment is to blame: nothing is lost', '',
    table(['code', 'trying again can help', 'exit code', 'what to do'], of('environment').map(([name, { retry, hint }]) => [code(name), again(retry), exitCode(name), hint])), '',
    '## The record is to blame: it goes to the topic `faults`, the stream goes on', '',
    table(['code', 'trying again can help', 'what to do'], of('record').map(([name, { retry, hint }]) => [code(name), again(retry), hint])),
  ].join('\n');
}

function rangeOf(setting: Setting): string {
  if (setting.type === 'enum') return setting.values.join(', ');
  if (setting.type === 'boolean') return 'true, false';
  if ((setting.type === 'integer' || setting.type === 'number') && setting.min !== undefined) return `${setting.type} ${setting.min.toLocaleString('en-US')} to ${setting.max?.toLocaleString('en-US') ?? '…'}`;
  return setting.type === 'duration' ? 'duration: 30s, 5m, 1h30m' : setting.type === 'string' ? 'text' : setting.type;
}

function defaultOf(setting: Setting): string {
  if (setting.default === null) return 'none';
  return Array.isArray(setting.default) ? (setting.default.length === 0 ? 'none' : setting.default.join(' ')) : String(setting.default);
}

function settingsText(): string {
  return table(['key', 'flag', 'environment', 'default', 'values', 'what'], Object.entries(runSettings as { readonly [key: string]: Setting }).map(([key, setting]) => [
    code(key), setting.flag === undefined ? '' : code(setting.flag), `${code(environmentName(key))}${setting.secret ? ` or ${code(`${environmentName(key)}_FILE`)}` : ''}`, defaultOf(setting), rangeOf(setting),
    `${setting.doc}${setting.semantic ? ' *Enters the run id.*' : ''}`,
  ]));
}

/** Records with the topics they stand in; then what records and data sets are made of. */
function schemasText(schemas: readonly NamedSchema[]): string {
  const all = Object.values(topics) as readonly Topic[];
  const named = (names: readonly string[]): string => [...new Set(names)].join(', ') || '–';
  const records = schemas.flatMap((one) => { const type = recordTypeOf(one); return type === undefined ? [] : [{ ...one, type, of: all.filter(({ types }) => types.includes(type)) }]; });
  const parts = schemas.filter((one) => recordTypeOf(one) === undefined);
  const usedBy = (file: string): string => named(schemas.filter(({ schema }) => JSON.stringify(schema).includes(`"$ref":"${file}"`)).map((one) => one.file.replace(/\.json$/, '')));
  return [
    '## Records', '',
    table(['file', 'what', 'in topic', 'written by', 'read by'], records.map(({ file, schema, of }) => [code(file), schema.description ?? '', named(of.map(({ name }) => name)), named(of.flatMap(({ writers }) => writers)), named(of.flatMap(({ readers }) => readers))])), '',
    '## What records and rows are made of', '',
    table(['file', 'what', 'part of'], parts.map(({ file, schema }) => [code(file), schema.description ?? '', file.includes('-row.') ? 'the sealed data set' : usedBy(file)])),
  ].join('\n');
}

/** A row a number, a column a recipe; then what each preset lays over it. */
function recipesText(): string {
  const names = Object.keys(recipes);
  const fields = Object.keys(recipes['meds3-v2']!) as readonly (keyof SearchSettings)[];
  const cell = (value: unknown): string => (typeof value === 'object' && value !== null ? Object.entries(value).filter(([key, number]) => !((key === 'topK' || key === 'minP') && number === 0)).map(([key, number]) => `${key} ${number}`).join(', ') : value === null ? 'no limit' : String(value));
  return [
    table(['', ...names.map(code)], fields.filter((field) => field !== 'recipe').map((field) => [code(field), ...names.map((name) => cell(recipes[name]![field]))])), '',
    table(['preset', 'instead'], Object.entries(presets).map(([name, changes]) => [code(name), Object.entries(changes).map(([field, value]) => `${code(field)} ${typeof value === 'object' ? canonicalJson(value).replaceAll(/[{}"]/g, '').replaceAll(':', ' ') : String(value)}`).join(', ') || 'nothing: the recipe as it is'])),
  ].join('\n');
}

/** Every metric, then what to wake somebody for. */
function metricsText(): string {
  const rows = Object.entries(metricTable as { readonly [name: string]: MetricRow });
  return [
    table(['metric', 'type', 'labels', 'unit', 'what'], rows.map(([name, { type, labels, unit, what }]) => [code(name), type, labels.map(code).join(', '), unit, what])), '',
    '## What to alert on', '',
    table(['metric', 'when'], rows.flatMap(([name, { alert }]) => (alert === undefined ? [] : [[code(name), alert]]))),
  ].join('\n');
}

/** Every generated piece of every document. */
export async function piecesOf(root: string, schemas: readonly NamedSchema[]): Promise<readonly Piece[]> {
  return [
    { file: 'ARCHITECTURE.md', mark: 'topology', body: topologyText() },
    { file: 'ARCHITECTURE.md', mark: 'packages', body: await packagesText(root) },
    { file: 'docs/faults.md', mark: 'faults', body: faultsText() },
    { file: 'docs/metrics.md', mark: 'metrics', body: metricsText() },
    { file: 'docs/misconceptions.md', mark: 'misconceptions', body: registeredMisconceptions() },
    { file: 'docs/recipes.md', mark: 'recipes', body: recipesText() },
    { file: 'docs/scale.md', mark: 'scale', body: scaleText(readMeasured(), defaults) },
    { file: 'docs/settings.md', mark: 'settings', body: settingsText() },
    { file: 'docs/grading.md', mark: 'grading', body: comparisonText() },
    { file: 'schemas/README.md', mark: 'schemas', body: schemasText(schemas) },
  ];
}
