// slowthink evolve where every model is asked over HTTP: the base of a server that stays, each round's policy and step scorer of servers that are started with the new weights. Two rounds, so that the second one explores with a policy that the first one trained and a server serves.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { done, Workplace } from '../../apps/slowthink/src/testing/command-line.ts';
import { begunIn, evolutionSaid, smallEvolution } from '../../apps/slowthink/src/testing/evolutions.ts';
import { freePort } from '../kafka/free-port.ts';
import { scorerPython, startScorerServer, type ScorerServerProcess } from './start-scorer-server.ts';
import { seedPolicy } from './tiny-models.fixture.ts';

const place = new Workplace();
let base: ScorerServerProcess | undefined;
afterAll(async () => { place.close(); await base?.stop(); });

const answers = (url: string): Promise<boolean> => fetch(`${url}/health`).then(({ ok }) => ok, () => false);

test('two rounds come to their end, ask what was trained by name and hash, and leave no server behind', async () => {
  const python = await scorerPython(() => {});
  base = await startScorerServer(python, ['--base', seedPolicy, '--policy-name', 'policy']);
  const [policyUrl, scorerUrl] = await Promise.all([freePort(), freePort()]).then((ports) => ports.map((port) => `http://127.0.0.1:${port}`)) as [string, string];
  const served = (url: string, ...words: readonly string[]): string => `restart:${url} ${JSON.stringify([python, resolve(import.meta.dirname, 'main.py'), '--port', new URL(url).port, '--threads', '1', ...words])}`;
  const args = smallEvolution('evolution', '--evolution', 'seed-cpu', '--rounds', '2', '--questions-a-round', '12', '--policy', `openai:${base.url}#policy`, '--base', seedPolicy, '--trainer', `local:${python}`, '--train', 'prm.oneSided=train',
    '--serving', served(policyUrl, '--base', '{model}', '--policy-name', '{name}'), '--scorer-serving', served(scorerUrl, '--scorer', '{model}', '--scorer-name', '{name}'));
  const { rounds, stopped } = evolutionSaid(done(await place.run(args)));
  expect([rounds.length, stopped]).toEqual([3, null]);

  const hashOf = (round: number, part: string): string => (JSON.parse(readFileSync(place.path('evolution', 'rounds', String(round), part, 'manifest.json'), 'utf8')) as { model: { sha256: string } }).model.sha256;
  expect(hashOf(1, 'policy')).not.toBe(hashOf(2, 'policy'));
  const asked = Object.fromEntries(begunIn(place, 'evolution').map(({ step, command }) => [step, command.join(' ')]));
  expect(asked['1-run']).toContain(`--policy openai:${base.url}#policy`);
  expect(asked['2-run']).toContain(`--policy openai:${policyUrl}#round-1@${hashOf(1, 'policy')}`);
  for (const round of [1, 2]) {
    expect(asked[`${round}-dev`]).toContain(`--policy openai:${policyUrl}#round-${round}@${hashOf(round, 'policy')}`);
    expect(asked[`${round}-dev`]).toContain(`--scorer openai:${scorerUrl}#round-${round}-scorer@${hashOf(round, 'scorer')}&row=medsss`);
    expect(existsSync(join(place.path('evolution', 'rounds', String(round), 'dev'), 'results', 'report.html'))).toBe(true);
  }
  expect([await answers(base.url), await answers(policyUrl), await answers(scorerUrl)]).toEqual([true, false, false]);
}, 900_000);
