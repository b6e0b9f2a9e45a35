import { rm } from 'node:fs/promises';
import type { Evaluation, RuleResult } from '@slowthink/evaluation';
import { writeWhole, type resultPaths } from '@slowthink/results';

/** The rule that the released script reports: P-VS, prm-min-vote-sum; without step values its self-consistency, scvm. */
const releasedRules = ['vote-sum-min', 'maj', 'greedy'] as const;

/**
 * result.json in the words of the released evaluation: for each data set "acc" and "pass@1", which are both the accuracy of one decoding rule, `infer_rule`. Read by the exact-match rule of the release where
 * --grader-too medsss was given for all these candidates, else by the grader of the run; "metric" says which. Sets without a judged item are left out. Where none of the rules was computed there is no result.json, also no earlier one.
 */
export async function writeMedsss({ medsss }: ReturnType<typeof resultPaths>, evaluation: Pick<Evaluation, 'sets' | 'averages'>): Promise<void> {
  const result = medsssResult(evaluation);
  await (result === undefined ? rm(medsss, { force: true }) : writeWhole(medsss, `${JSON.stringify(result, null, 2)}\n`));
}

interface MedsssAccuracy { readonly acc: number | null; readonly 'pass@1': number | null }

/** The object of result.json; undefined where none of the rules of the release is there. Its "acc" is the mean of the sets where there are several. */
export function medsssResult({ sets, averages }: Pick<Evaluation, 'sets' | 'averages'>): (MedsssAccuracy & { readonly infer_rule: string; readonly metric: string; readonly datasets: { readonly [set: string]: MedsssAccuracy } }) | undefined {
  const judged = sets.filter(({ n }) => n > 0);
  const rule = releasedRules.find((name) => judged.every(({ rules }) => rules.some((one) => one.rule === name)));
  if (rule === undefined || judged.length === 0) return undefined;
  const ofRule = ({ rules }: { readonly rules: readonly RuleResult[] }): RuleResult => rules.find((one) => one.rule === rule)!;
  const byExact = judged.every((set) => ofRule(set).exact !== null);
  const result = (of: { readonly rules: readonly RuleResult[] }): MedsssAccuracy => { const value = (byExact ? ofRule(of).exact : ofRule(of).accuracy)?.value ?? null; return { acc: value, 'pass@1': value }; };
  const whole = judged.length === 1 ? judged[0]! : averages.find(({ name }) => name === 'macro')!; // of two sets there is an average
  return {
    ...result(whole), infer_rule: rule === 'vote-sum-min' ? 'prm-min-vote-sum' : rule === 'maj' ? 'scvm' : 'greedy',
    metric: byExact ? 'exact match of the MedSSS release' : 'grader of Slowthink', datasets: Object.fromEntries(judged.map((set) => [set.name, result(set)])),
  };
}
