import { writeFile } from 'node:fs/promises';
import type { Evaluation } from '@slowthink/evaluation';
import type { resultPaths } from '@slowthink/results';

/** The rule that the released script reports: P-VS, prm-min-vote-sum; without step values its self-consistency, scvm. */
const releasedRules = ['vote-sum-min', 'maj', 'greedy'] as const;

/**
 * result.json in the words of the released evaluation: for each data set "acc" and "pass@1", which are both the accuracy of one decoding rule, `infer_rule`. Read by the exact-match rule of the release where
 * --grader-too medsss was given, else by the grader of the run; "metric" says which.
 */
export async function writeMedsss({ medsss }: ReturnType<typeof resultPaths>, { sets, averages, graderToo }: Evaluation): Promise<void> {
  const rule = releasedRules.find((name) => sets.every(({ rules }) => rules.some((one) => one.rule === name)));
  if (rule === undefined) return;
  const accuracyOf = (rules: Evaluation['sets'][number]['rules']): number | null => { const found = rules.find((one) => one.rule === rule)!; return (graderToo === 'medsss' ? found.exact : found.accuracy)?.value ?? null; };
  const result = (rules: Evaluation['sets'][number]['rules']): object => ({ acc: accuracyOf(rules), 'pass@1': accuracyOf(rules) });
  const macro = averages.find(({ name }) => name === 'macro');
  await writeFile(medsss, `${JSON.stringify({
    ...(sets.length === 1 ? result(sets[0]!.rules) : macro === undefined ? {} : result(macro.rules)), infer_rule: rule === 'vote-sum-min' ? 'prm-min-vote-sum' : rule === 'maj' ? 'scvm' : 'greedy',
    metric: graderToo === 'medsss' ? 'exact match of the MedSSS release' : 'grader of Slowthink', datasets: Object.fromEntries(sets.map(({ name, rules }) => [name, result(rules)])),
  }, null, 2)}\n`);
}
