// The short form of `npm run kill`: one kill at a point of each place where something outside the process changes, and kills at moments drawn from a seed.
import { beforeAll, describe, expect, it } from 'vitest';
import { pointCases, quietRun, randomCase, type Case, type Quiet } from './cases.ts';
import { sqliteDeployment } from './deployment.ts';
import { caseOf, shortPoints } from './short-form.ts';
import { tryUntilReached } from './trial.ts';

let quiet: Quiet;
beforeAll(async () => { quiet = await quietRun(sqliteDeployment, ['run']); });

async function losesNothing({ fates }: Case): Promise<void> {
  const { kills, problems } = await tryUntilReached(sqliteDeployment, fates, { quiet: quiet.left });
  expect(problems).toEqual([]);
  expect(kills).toBeGreaterThan(0);
}

describe('a process on the embedded log that is killed (law 2)', () => {
  it.each(shortPoints)('at %s goes on and comes to the same records, ledgers, parts and sealed bytes', (name) => losesNothing(caseOf(name, pointCases(quiet, 'short'))));
  it.each(['1', '2', '3'])('at random moments (seed %s) goes on and comes to the same records, ledgers, parts and sealed bytes', (seed) => losesNothing(randomCase(quiet, seed)));
});
