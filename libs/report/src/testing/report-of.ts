import { ruleNamed } from '@slowthink/decoding';
import { evaluate, type EvaluateOptions, type Evaluation } from '@slowthink/evaluation';
import type { VerdictsRecord } from '@slowthink/records';
import { writeReport, type ReportMeta } from '../write-report.ts';

/** The whole file as text, of numbers with few draws and of the four rules that people ask for first, as far as the records allow them. `change` may turn the numbers into others. */
export async function reportOf(records: readonly VerdictsRecord[], meta: ReportMeta = {}, options: EvaluateOptions = {}, change: (evaluation: Evaluation) => Evaluation = (same) => same): Promise<string> {
  const [first] = records;
  const rules = ['greedy', 'maj', 'bon-min', 'vote-sum-min'].map(ruleNamed).filter(({ choose, reduce }) => (choose !== 'greedy' || first!.greedy !== null) && (reduce === undefined || first!.scorer !== null));
  const evaluation = await evaluate(records, { rules, draws: 50, subsets: 5, ...options });
  let text = '';
  for await (const chunk of writeReport(change(evaluation), records, meta)) text += chunk;
  return text;
}
