import type { Split } from './gather-rows.ts';
import type { TableKind } from './kinds.ts';

interface Loaded { readonly kind: TableKind; readonly splits: readonly { readonly split: Split }[] }

/** The lines of a card that open the kinds it has, in the order given: datasets and pandas, then a trainer of TRL for each kind with a split `train`, then DuckDB. */
export function loading(format: 'parquet' | 'arrow', kinds: readonly Loaded[]): string {
  const { kind, splits } = kinds[0]!;
  const { split } = splits[0]!;
  const lines = [
    'from datasets import load_dataset  # FOLDER: where this file is', `rows = load_dataset("FOLDER", "${kind}", split="${split}")`, '', 'import glob, pandas',
    `rows = pandas.concat(map(pandas.${format === 'parquet' ? 'read_parquet' : 'read_feather'}, sorted(glob.glob("${kind}/${split}-*.${format}"))))`,
    ...kinds.filter((entry) => entry.splits.some((size) => size.split === 'train')).flatMap((entry) => ['', ...training[entry.kind]]),
  ];
  const duckdb = format === 'parquet' ? `\n\n\`\`\`sql\n-- DuckDB\nFROM '${kind}/${split}-*.parquet' LIMIT 5;\n\`\`\`` : '';
  return `\`\`\`python\n${lines.join('\n')}\n\`\`\`${duckdb}`;
}

const load = (kind: TableKind): string => `load_dataset("FOLDER", "${kind}", split="train")`;

const training: { readonly [Kind in TableKind]: readonly string[] } = {
  sft: ['from trl import SFTTrainer', `SFTTrainer(model="MODEL", train_dataset=${load('sft')}).train()`],
  prm: ['from trl.experimental.prm import PRMConfig, PRMTrainer', '# PRMTrainer(model, args=PRMConfig(step_separator="\\n\\n", max_length=4096), train_dataset=...)', `steps = ${load('prm')}`],
  preference: ['from trl import DPOTrainer', `DPOTrainer(model="MODEL", train_dataset=${load('preference')}).train()`],
  preference_steps: [
    '# step pairs: token ids without an end of turn, for a trainer that adds no EOS',
    'def open_turns(row, tokenizer):',
    '    head = tokenizer.apply_chat_template(row["prompt"], tokenize=False, add_generation_prompt=True)',
    '    ids = lambda text: tokenizer(text, add_special_tokens=False)["input_ids"]',
    '    steps = lambda text: [id for step in text.split("\\n\\n")[:-1] for id in ids(step + "\\n\\n")]',
    '    return {"prompt_ids": ids(head), "chosen_ids": steps(row["chosen"]), "rejected_ids": steps(row["rejected"])}',
    `pairs = ${load('preference_steps')}  # .map(lambda row: open_turns(row, tokenizer))`,
  ],
};
