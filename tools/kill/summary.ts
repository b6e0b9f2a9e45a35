// The table of a kill suite, as it is printed and as docs/reliability.md holds it.
import { killPoints } from '@slowthink/faults';
import type { Case, Quiet } from './cases.ts';
import { sealedHash } from './read-left.ts';
import { questionCount } from './small-run.ts';
import type { Trial } from './trial.ts';

/** Several cases may have been tried in one run. */
export interface Tried { readonly one: Case; readonly trial: Trial }

/** Kills of the case's own: those at its points, or all of the run where nothing else was tried in it. */
function killsOf({ one: { fates }, trial }: Tried): number {
  const own = Object.values(fates).flat().filter(({ kind }) => kind !== 'whole');
  return own.length > 0 && own.every((fate) => fate.kind === 'at' && fate.whoever === undefined) ? own.length : trial.kills;
}

/** One row a point: how often it was killed there, with what, the most requests that were asked again beside what law 2 allows for those kills, and whether everything was the same. */
export function summaryText(name: string, quiet: Quiet, all: readonly Tried[]): string {
  const order = [...Object.keys(killPoints), ...all.map(({ one }) => one.row)];
  const rows = Map.groupBy(all, ({ one }) => one.row);
  const lines = [...rows].toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b)).map(([row, tried]) => {
    const worst = tried.reduce((most, each) => (each.trial.again > most.trial.again ? each : most));
    return `| ${row} | ${list([...new Set(tried.map(({ one }) => one.of))])} | ${sum(tried, killsOf)} | ${worst.trial.again} of ${worst.trial.againMax} | ${tried.every(({ trial }) => trial.problems.length === 0) ? 'yes' : 'NO'} |`;
  });
  const trials = new Set(all.map(({ trial }) => trial));
  const points = new Set(all.flatMap(({ one }) => (one.row.includes('.') ? [one.row] : [])));
  return [
    `${name}: ${[...trials].reduce((total, { kills }) => total + kills, 0)} kills in ${trials.size} runs${points.size > 0 ? `, at ${points.size} named points and elsewhere` : ''}. A quiet run of ${questionCount} questions asks ${quiet.requests} requests.`, '',
    '| killed | of | kills | asked again at most | same |', '|---|---|---|---|---|', ...lines, '',
    'Sealed files of the quiet run, and of every run above (sha256):', '', '```',
    ...Object.entries(quiet.left.sealed).map(([file, hash]) => `${hash}  ${file}`), `${sealedHash(quiet.left)}  all of them`, '```',
  ].join('\n');
}

const list = (all: readonly string[]): string => all.join(all.some((one) => one.includes(',')) ? '; ' : ', ');

const sum = (all: readonly Tried[], of: (tried: Tried) => number): number => all.reduce((total, each) => total + of(each), 0);
