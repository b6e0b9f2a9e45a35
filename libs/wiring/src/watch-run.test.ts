import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { watchRun } from './watch-run.ts';

test('says "Going on" when nobody is waited for any more, and before that who is back', () => {
  let said = '';
  const stream = new Writable({ write: (chunk: Buffer, _encoding, done) => { said += chunk.toString(); done(); } }) as unknown as NodeJS.WriteStream;
  const { observer, stop } = watchRun({ stream });
  const linesOf = (): readonly string[] => { const lines = said.split('\n').filter((line) => line !== '' && !line.startsWith('{')); said = ''; return lines; };
  linesOf();
  observer({ kind: 'paused', of: 'policy', code: 'MODEL_OVERLOADED', message: 'Busy.', retryInMs: 1000 });
  observer({ kind: 'paused', of: 'grader', code: 'GRADER_UNAVAILABLE', message: 'Gone.', retryInMs: 1000 });
  observer({ kind: 'paused', of: 'policy', code: 'MODEL_UNREACHABLE', message: 'Refused.', retryInMs: 2000 });
  expect(linesOf()).toEqual(['Paused: MODEL_OVERLOADED Busy. Nothing is lost; next try in 1 s.', 'Paused: GRADER_UNAVAILABLE Gone. Nothing is lost; next try in 1 s.']);
  observer({ kind: 'resumed', of: 'grader', afterMs: 3000 });
  expect(linesOf()).toEqual(['The grader is back after 3 s; still waiting for the policy.']);
  observer({ kind: 'resumed', of: 'policy', afterMs: 4000 });
  expect(linesOf()).toEqual(['Going on after 4 s.']);
  stop();
});
