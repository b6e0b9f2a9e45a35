import { describe, expect, it } from 'vitest';
import { arrowSchemaOf } from './arrow-schema.ts';
import { columnTable } from './card-columns.ts';
import { cardMark, cardOf, type CardInput } from './card.ts';
import { tableKinds, type TableKind } from './kinds.ts';
import { openingCommands } from './opening-commands.ts';
import { shardCuts } from './shard-cuts.ts';

const facts: CardInput['facts'] = {
  questions: 3, trees: 4, chains: 5, pairs: 0, steps: 12, stepsTrue: 7, positiveChains: 2,
  values: { dataset: ['med'], run: ['r'], recipe: ['meds3-v2'], labels_recipe: ['soft'], labels_hash: ['lh'], settings_hash: ['h'], policy_model: ['org/a|b'], policy_revision: ['rev'] },
};
const input = (kinds: CardInput['kinds'], more: Partial<CardInput> = {}): CardInput => ({ name: 'My "data"', license: 'apache-2.0', languages: ['en'], format: 'parquet', kinds, facts, settings: { b: 1, a: { d: 1, c: 2 } }, duckdbVersion: 'v9', ...more });
const kindOf = (kind: TableKind, ...splits: readonly ['train' | 'test', number][]): CardInput['kinds'][number] => ({ kind, benchmarkLeftOut: 0, splits: splits.map(([split, rows]) => ({ split, rows, bytes: rows * 10, fileBytes: rows })) });

describe('card', () => {
  it('begins with the header that datasets reads, with exact counts', () => {
    const card = cardOf(input([kindOf('prm', ['train', 1_200], ['test', 3]), kindOf('sft', ['train', 500])]));
    const header = card.slice(0, card.indexOf(cardMark));
    expect(header).toMatch(/^---\npretty_name: "My \\"data\\""\nlicense: apache-2\.0\n/);
    expect(header).toContain('size_categories: [1K<n<10K]');
    expect(header).toContain('- config_name: sft\n  default: true\n  data_files:\n  - {split: train, path: sft/train-*.parquet}\n- config_name: prm\n  data_files:\n  - {split: train, path: prm/train-*.parquet}\n  - {split: test, path: prm/test-*.parquet}\n');
    expect(header).toContain('  splits:\n  - {name: train, num_bytes: 12000, num_examples: 1200}\n  - {name: test, num_bytes: 30, num_examples: 3}\n  download_size: 1203\n  dataset_size: 12030\n');
    expect(header).toContain('  - {name: completion, list: [{name: role, dtype: string}, {name: content, dtype: string}]}');
    expect(header).toContain('  - {name: rights, list: int32}');
    expect(header.trimEnd().endsWith('---')).toBe(true);
  });

  it('says what the rows are, what made them and how to load them', () => {
    const card = cardOf(input([kindOf('prm', ['train', 5])]));
    expect(card).toContain('3 questions, 4 trees, 5 chains (2 end right), 12 labelled steps (7 true).');
    expect(card).toContain('| model | org/a\\|b |');
    expect(card).toContain('| sealed with | DuckDB v9 |');
    expect(card).toContain('"a": {\n    "c": 2,\n    "d": 1\n  },\n  "b": 1');
    expect(card).toContain("FROM 'prm/train-*.parquet' LIMIT 5;");
    expect(card).not.toContain('sft');
  });

  it('points at Arrow files where the data set has those, and warns of benchmark rows', () => {
    const card = cardOf(input([kindOf('sft', ['test', 5])], { format: 'arrow' }));
    expect(card).toContain('- {split: test, path: sft/test-*.arrow}');
    expect(card).toContain('read_feather');
    expect(card).toContain('never train on them');
    expect(card).not.toContain('SFTTrainer');
  });

  it('lists pairs behind chains, counts them, and says how step pairs are loaded without an end of turn', () => {
    const card = cardOf(input([kindOf('prm', ['train', 5]), kindOf('preference', ['train', 2]), kindOf('preference_steps', ['train', 3])], { facts: { ...facts, pairs: 5 } }));
    expect([...card.slice(0, card.indexOf('dataset_info')).matchAll(/config_name: (\w+)/g)].map(([, kind]) => kind)).toEqual(['prm', 'preference', 'preference_steps']);
    expect(card).toContain('12 labelled steps (7 true), 5 preference pairs.');
    expect(card).toContain('DPOTrainer(model="MODEL", train_dataset=load_dataset("FOLDER", "preference", split="train")).train()');
    expect(card).toContain('the turn of the assistant is not over');
    expect(card).toContain('head = tokenizer.apply_chat_template(row["prompt"], tokenize=False, add_generation_prompt=True)'); // the turns as generation sends them
    expect(card).toContain('add_special_tokens=False');
    expect(card).not.toContain('DPOTrainer(model="MODEL", train_dataset=load_dataset("FOLDER", "preference_steps"');
    expect(card).toContain('tags: [reasoning, process-reward-model, dpo, synthetic, slowthink]');
  });

  it('counts the benchmark rows that were left out', () => {
    expect(cardOf(input([{ ...kindOf('sft', ['train', 5]), benchmarkLeftOut: 9 }]))).toContain('9 sft rows of benchmark questions were left out.');
  });

  it.each([[0, 'n<1K'], [999, 'n<1K'], [1_000, '1K<n<10K'], [10_000, '10K<n<100K'], [999_999_999, '100M<n<1B'], [1e9, 'n>1B']])('calls %i rows %s', (rows, category) => {
    expect(cardOf(input([kindOf('sft', ['train', rows])]))).toContain(`size_categories: [${category}]`);
  });

  it('describes every declared column', () => {
    for (const kind of tableKinds) for (const field of arrowSchemaOf(kind).fields) expect(columnTable(kind)).toMatch(new RegExp(`\\| \`${field.name}\` \\| [^|]+ \\| \\S[^|]+ \\|`));
  });
});

describe('shard cuts', () => {
  it('cover every place once and number the files (defect: chunking by ceil leaves empty chunks)', () => {
    expect(shardCuts({ split: 'train', rows: 25, bytes: 1 }, 'parquet', 10)).toEqual([
      { file: 'train-00000-of-00003.parquet', from: 0, to: 10 }, { file: 'train-00001-of-00003.parquet', from: 10, to: 20 }, { file: 'train-00002-of-00003.parquet', from: 20, to: 25 },
    ]);
  });

  it('put about half a gigabyte of rows into a file by default', () => {
    const cuts = shardCuts({ split: 'test', rows: 1_000_000, bytes: 3_000_000_000 }, 'parquet');
    expect(cuts.map((cut) => cut.to - cut.from)).toEqual([166_666, 166_666, 166_666, 166_666, 166_666, 166_666, 4]);
    expect(shardCuts({ split: 'test', rows: 2, bytes: 9e12 }, 'arrow').map((cut) => cut.file)).toEqual(['test-00000-of-00002.arrow', 'test-00001-of-00002.arrow']);
  });
});

describe('opening commands', () => {
  const file = (name: string, kind: TableKind): Parameters<typeof openingCommands>[2][number] => ({ file: `${kind}/${name}`, kind, split: 'train', rows: 1, bytes: 1, sha256: '' });

  it('open sft before prm before pairs', () => {
    const open = openingCommands('/d', 'parquet', [file('train-00000-of-00001.parquet', 'preference_steps'), file('train-00000-of-00001.parquet', 'prm'), file('train-00000-of-00001.parquet', 'sft')]);
    expect(open.duckdb).toBe(`duckdb -c "FROM '/d/sft/train-00000-of-00001.parquet' LIMIT 5"`);
    expect(open.pandas).toBe(`python3 -c 'import pandas as p; print(p.read_parquet("/d/sft/train-00000-of-00001.parquet"))'`);
  });

  it('open all files of a split', () => {
    const open = openingCommands('/d', 'arrow', [file('train-00000-of-00002.arrow', 'prm'), file('train-00001-of-00002.arrow', 'prm')]);
    expect(open.pandas).toBe(`python3 -c 'import pandas as p; from glob import glob; print(p.concat(map(p.read_feather, sorted(glob("/d/prm/train-*.arrow")))))'`);
    expect(open.duckdb).toContain('duckdb.sql("FROM rows LIMIT 5")');
  });
});
