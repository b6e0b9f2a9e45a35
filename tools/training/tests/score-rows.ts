// Values of the steps of each row, as the product's embedded engine reads them: what tests/test_positions.py compares with PyTorch.
//   node tools/training/tests/score-rows.ts --scorer DIR < rows.jsonl     a line {"question","steps"} with Step 0 first -> a line of values of Steps 1 to m
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { onnxScorer } from '@slowthink/models-onnx';

const { values: flags } = parseArgs({ options: { scorer: { type: 'string' } } });
if (flags.scorer === undefined) throw new Error('--scorer DIR is wanted.');
const scorer = onnxScorer({ dir: flags.scorer, threads: 1 });
try {
  for await (const line of createInterface({ input: process.stdin })) {
    const { question, steps } = JSON.parse(line) as { readonly question: string; readonly steps: readonly string[] };
    const { values } = await scorer.score({ id: 'row', question, steps }, new AbortController().signal);
    process.stdout.write(`${JSON.stringify(values)}\n`);
  }
} finally {
  await scorer.close();
}
