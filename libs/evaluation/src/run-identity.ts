import { canonicalJson } from '@slowthink/records';
import { FaultError } from '@slowthink/faults';
import type { ItemColumns } from './columns.ts';

/** Who made and who judged the candidates of a run. */
export type RunIdentity = Pick<ItemColumns, 'policy' | 'scorer' | 'grader' | 'decode'>;

const what: { readonly [Key in keyof RunIdentity]: string } = { policy: 'policy', scorer: 'scorer', grader: 'grader', decode: 'way of decoding' };

/** A sentence on the first thing in which two differ; undefined: in nothing. */
export function differenceOf(a: RunIdentity & { readonly id: string }, b: RunIdentity & { readonly id: string }): string | undefined {
  for (const key of ['policy', 'scorer', 'grader', 'decode'] as const) {
    if (canonicalJson(a[key]) !== canonicalJson(b[key])) return `Item ${a.id} has the ${what[key]} ${named(a[key])}, item ${b.id} has ${named(b[key])}`;
  }
  return undefined;
}

const named = (value: RunIdentity[keyof RunIdentity]): string => (value === null ? 'none' : typeof value === 'string' ? value : `${value.model}@${value.revision}`);

/** What all items have in common. EVALUATION_MIXED where two differ. */
export function identityOf(items: readonly ItemColumns[]): RunIdentity {
  const first = items[0]!;
  for (const item of items) {
    if (item.policy === first.policy && item.scorer === first.scorer && item.grader === first.grader && item.decode === first.decode) continue;
    const difference = differenceOf(first, item);
    if (difference !== undefined) throw new FaultError('EVALUATION_MIXED', `These verdicts are of more than one run. ${difference}.`);
  }
  return { policy: first.policy, scorer: first.scorer, grader: first.grader, decode: first.decode };
}
