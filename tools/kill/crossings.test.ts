// Every point of the table is crossed by real processes: none is dead. Which kills lose nothing, `npm run kill` and short-form.long-test.ts say.
import { killPoints } from '@slowthink/faults';
import { expect, test } from 'vitest';
import { pointCases, quietRun } from './cases.ts';
import { sqliteDeployment } from './deployment.ts';
import { caseOf, shortPoints } from './short-form.ts';

test('a run, one that goes on after a kill, and one that finds everything done cross every point of the embedded log, and each is a case', async () => {
  const cases = pointCases(await quietRun(sqliteDeployment, ['run']), 'test');
  expect([...new Set(cases.map(({ row }) => row))].toSorted()).toEqual(Object.entries(killPoints).filter(([, { log }]) => log !== 'kafka').map(([name]) => name).toSorted());
  for (const name of shortPoints) expect(caseOf(name, cases).fates).not.toEqual({});
});
