import { arrowSchemaOf } from './arrow-schema.ts';
import { columnTable, featureYaml } from './card-columns.ts';
import type { DataSetFacts } from './data-set-facts.ts';
import type { Split } from './gather-rows.ts';
import { loading } from './card-loading.ts';
import { shownKinds, type TableKind } from './kinds.ts';

export interface CardSplit { readonly split: Split; readonly rows: number; readonly bytes: number; readonly fileBytes: number }

export interface CardInput {
  readonly name: string;
  readonly license: string;
  readonly languages: readonly string[];
  readonly format: 'parquet' | 'arrow';
  /** Kinds that have rows. */
  readonly kinds: readonly { readonly kind: TableKind; readonly splits: readonly CardSplit[]; readonly benchmarkLeftOut: number }[];
  readonly facts: DataSetFacts;
  /** What shaped the rows, for people; neither paths nor hosts nor times (law 9). */
  readonly settings: { readonly [name: string]: unknown };
  readonly duckdbVersion: string;
}

/** Stands in every card; seal replaces only a folder whose README has it. */
export const cardMark = '<!-- slowthink data set v1 -->';

/** README.md of a data set: the YAML header that `datasets` and the Hub read, with exact counts, then prose. A function of the rows, the settings and DuckDB's version alone. */
export const cardOf = (input: CardInput): string => `${header(input)}\n${cardMark}\n\n${body(input)}`;

const rowsOf = (splits: readonly CardSplit[]): number => sum(splits.map((split) => split.rows));
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const byDefault = (kinds: CardInput['kinds']): CardInput['kinds'] => [...kinds].sort((a, b) => shownKinds.indexOf(a.kind) - shownKinds.indexOf(b.kind));

function header({ name, license, languages, format, kinds }: CardInput): string {
  const configs = byDefault(kinds).flatMap(({ kind, splits }, index) => [
    `- config_name: ${kind}`, ...(index === 0 ? ['  default: true'] : []), '  data_files:', ...splits.map(({ split }) => `  - {split: ${split}, path: ${kind}/${split}-*.${format}}`),
  ]);
  const infos = byDefault(kinds).flatMap(({ kind, splits }) => [
    `- config_name: ${kind}`, '  features:', ...arrowSchemaOf(kind).fields.map((field) => `  - ${featureYaml(field)}`),
    '  splits:', ...splits.map(({ split, rows, bytes }) => `  - {name: ${split}, num_bytes: ${bytes}, num_examples: ${rows}}`),
    `  download_size: ${sum(splits.map((split) => split.fileBytes))}`, `  dataset_size: ${sum(splits.map((split) => split.bytes))}`,
  ]);
  return [
    '---', `pretty_name: ${JSON.stringify(name)}`, `license: ${license}`, `language: [${languages.join(', ')}]`, 'task_categories: [question-answering, text-generation]',
    `size_categories: [${sizeCategory(sum(kinds.map((kind) => rowsOf(kind.splits))))}]`, `tags: [reasoning, process-reward-model${kinds.some(({ kind }) => kind.startsWith('preference')) ? ', dpo' : ''}, synthetic, slowthink]`, 'configs:', ...configs, 'dataset_info:', ...infos, '---',
  ].join('\n');
}

function sizeCategory(rows: number): string {
  const bounds = [[1e3, '1K'], [1e4, '10K'], [1e5, '100K'], [1e6, '1M'], [1e7, '10M'], [1e8, '100M'], [1e9, '1B']] as const;
  const above = bounds.findIndex(([bound]) => rows < bound);
  if (above === 0) return 'n<1K';
  return above === -1 ? 'n>1B' : `${bounds[above - 1]![1]}<n<${bounds[above]![1]}`;
}

function body(input: CardInput): string {
  const { name, kinds, facts, settings, duckdbVersion, format } = input;
  const leftOut = kinds.filter((kind) => kind.benchmarkLeftOut > 0).map((kind) => `${kind.benchmarkLeftOut} ${kind.kind} rows of benchmark questions were left out.`);
  const sections = [
    `# ${name}`,
    `Reasoning chains that a policy model wrote in search trees over questions, with a value for every step. ${facts.questions} questions, ${facts.trees} trees, ${facts.chains} chains${facts.steps > 0 ? ` (${facts.positiveChains} end right), ${facts.steps} labelled steps (${facts.stepsTrue} true)` : ''}${facts.pairs > 0 ? `, ${facts.pairs} preference pairs` : ''}.`,
    ...(leftOut.length > 0 ? [leftOut.join(' ')] : []),
    '| subset | split | rows |\n|---|---|---|\n' + byDefault(kinds).flatMap(({ kind, splits }) => splits.map(({ split, rows }) => `| ${kind} | ${split} | ${rows} |`)).join('\n'),
    ...(kinds.some((kind) => kind.splits.some(({ split }) => split === 'test')) ? ['The split `test` holds rows of benchmark questions (`benchmark` is true): never train on them.'] : []),
    'The questions keep the licence of the data set they come from.',
    '## How it was made',
    ['| what | value |', '|---|---|', ...madeOf(facts).map(([what, value]) => `| ${what} | ${cell(value)} |`), `| sealed with | DuckDB ${duckdbVersion} |`].join('\n'),
    ...(Object.keys(settings).length > 0 ? ['Settings:', `\`\`\`json\n${JSON.stringify(sorted(settings), undefined, 2)}\n\`\`\``] : []),
    '## How to load it', loading(format, byDefault(kinds)),
    ...(kinds.some(({ kind }) => kind === 'preference_steps') ? [openTurns] : []),
    ...byDefault(kinds).flatMap(({ kind }) => [`## Columns of \`${kind}\``, columnTable(kind)]),
    '`lineage/` maps the id of every row to the record it comes from (topic, partition, offset, attempt).',
  ];
  return `${sections.join('\n\n')}\n`;
}

const openTurns = '`preference_steps` holds beginnings of solutions: `chosen` and `rejected` end with a blank line, where the next step would follow, and the turn of the assistant is not over. Stock preference trainers append an end-of-sequence '
  + 'token or close the turn behind both sides; on these rows that teaches a model to stop in mid-reasoning. Load them with the lines above, which add none.';

const madeOf = ({ values }: DataSetFacts): readonly (readonly [string, readonly string[]])[] => [
  ['model', values.policy_model], ['model revision', values.policy_revision], ['search recipe', values.recipe], ['label recipe', values.labels_recipe], ['label settings hash', values.labels_hash],
  ['settings hash', values.settings_hash], ['run', values.run], ['questions from', values.dataset],
];

const cell = (values: readonly string[]): string => values.map((value) => value.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(', ');

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}
