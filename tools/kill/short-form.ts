import type { Case } from './cases.ts';

/** One point of each place where something outside a process changes: what CI has time for. */
export const shortPoints: readonly string[] = [
  'import.committed', 'run-file.written', 'write.progressed of rollout', 'write.committed', 'commit.written of expand', 'restore.ended of expansions', 'reply.received', 'tree.closed', 'part.renamed', 'seal.aside', 'seal.in-place',
];

/** The case of a point, "POINT" or "POINT of WHAT". Throws an Error when it is not among the cases. */
export function caseOf(name: string, cases: readonly Case[]): Case {
  const [row, of] = name.split(' of ');
  const found = cases.find((one) => one.row === row && (of === undefined || one.of === of));
  if (found === undefined) throw new Error(`No run crosses ${name}.`);
  return found;
}
