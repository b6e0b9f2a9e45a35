// npm run kill: kills processes at named points and at random moments, runs the same commands again, and compares everything with a run that nobody disturbed.
//   --broker sqlite|kafka   --points all|short|NAME   --seeds N (1: crossings of a point)   --random N (10: runs with kills at random moments)   --jobs N (2)   --seed TEXT (1)   --write (docs/reliability.md)   --scenarios all|none|ROW (kafka)
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startKafka } from '../kafka/start-kafka.ts';
import { markOf, replaceBetweenMarks } from '../generate/marks.ts';
import { packCases, pointCases, quietRun, randomCase } from './cases.ts';
import { sqliteDeployment } from './deployment.ts';
import type { Fates } from './fate.ts';
import { kafkaCommands, kafkaDeployment } from './kafka-deployment.ts';
import { kafkaScenarios, tryLostAnswers } from './kafka-scenarios.ts';
import { caseOf, shortPoints } from './short-form.ts';
import { summaryText, type Tried } from './summary.ts';
import { tryUntilReached, type Trial } from './trial.ts';

const { values } = parseArgs({ options: {
  broker: { type: 'string', default: 'sqlite' }, points: { type: 'string', default: 'all' }, seeds: { type: 'string', default: '1' }, random: { type: 'string', default: '10' },
  seed: { type: 'string', default: '1' }, scenarios: { type: 'string', default: 'all' }, jobs: { type: 'string', default: '2' }, write: { type: 'boolean', default: false },
} });

const say = (line: string): void => { process.stderr.write(`${line}\n`); };
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130)); // what was started ends with this process
const kafka = values.broker === 'kafka' ? await startKafka({ say }) : undefined;
const { deployment, commands } = kafka === undefined ? { deployment: sqliteDeployment, commands: ['run'] } : { deployment: kafkaDeployment(kafka.bootstrap), commands: kafkaCommands };
say('A run that nobody disturbs, and one with a kill in the middle …');
const quiet = await quietRun(deployment, commands);

const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => `${values.seed}.${index + 1}`);
const points = seeds.flatMap((seed) => pointCases(quiet, seed));
const chosen = values.points === 'all' ? points : values.points === 'short' ? shortPoints.map((name) => caseOf(name, points)) : points.filter(({ row }) => row.startsWith(values.points));
const cases = [...chosen, ...Array.from({ length: Number(values.random) }, (_, index) => randomCase(quiet, `${values.seed}.${index + 1}`))];

const tried: Tried[] = [];
const left = deployment === sqliteDeployment ? cases.map((one) => [one]) : [...packCases(cases)];
async function work(): Promise<void> {
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const trial = await tryUntilReached(deployment, Object.assign({}, ...next.map(({ fates }) => fates)) as Fates, { quiet: quiet.left });
    const row = next.map(({ row: point, of }) => `${point} (${of})`).join(' + ');
    tried.push(...next.map((one) => ({ one, trial })));
    say(`${String(tried.length).padStart(4)}/${cases.length} ${row}: ${tell(trial)}`);
  }
}
await Promise.all(Array.from({ length: Number(values.jobs) }, work));

const also: Tried[] = [];
if (kafka !== undefined && values.scenarios !== 'none') {
  const told = (one: Tried): void => { also.push(one); say(`${one.one.row} (${one.one.of}): ${tell(one.trial)}`); };
  const chosenRow = (row: string): boolean => values.scenarios === 'all' || row.startsWith(values.scenarios);
  const oneAfterTheOther = async (): Promise<void> => {
    for (const { row, of, try: attempt } of kafkaScenarios(kafka, quiet, values.seed)) {
      if (chosenRow(row)) for (const trial of await attempt()) told({ one: { row, of, fates: {} }, trial });
    }
  };
  await Promise.all([oneAfterTheOther(), ...(chosenRow('answers lost') ? [tryLostAnswers(quiet, values.seed, told)] : [])]);
}

await kafka?.stop();
for (const [mark, all] of [[deployment.name, tried], [`${deployment.name}-scenarios`, also]] as const) {
  if (all.length === 0) continue;
  const text = summaryText(mark, quiet, all);
  console.log(text);
  if (values.write) write(mark, text);
}
process.exitCode = [...tried, ...also].every(({ trial }) => trial.problems.length === 0) ? 0 : 1;

function tell({ kills, freezes, again, againMax, problems, seconds }: Trial): string {
  const happened = [...(kills > 0 ? [`${kills} killed`] : []), ...(freezes > 0 ? [`${freezes} frozen`] : [])];
  return [...happened, `asked again ${again} of ${againMax}`, problems.length === 0 ? 'same' : `NOT THE SAME: ${problems.join('; ')}`, `${seconds.toFixed(1)} s`].join(', ');
}

function write(what: string, body: string): void {
  const file = join(import.meta.dirname, '../../docs/reliability.md');
  const mark = `kill-${what}`;
  const { begin, end } = markOf(mark);
  let page: string;
  try { page = readFileSync(file, 'utf8'); } catch { page = '# Reliability\n'; }
  if (!page.includes(begin)) page = `${page.trimEnd()}\n\n## Kill suite: ${what.replace('-', ', ')}\n\n${begin}\n${end}\n`;
  writeFileSync(file, replaceBetweenMarks(page, mark, body));
  say(`wrote docs/reliability.md (${mark})`);
}
