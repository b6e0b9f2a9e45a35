// Which kills are tried: every point a run crosses, with the stage, topic or table it is crossed with, and moments drawn from a seed.
import { seedRandom } from '../dosage/random.ts';
import type { Deployment } from './deployment.ts';
import { whole, type Fate, type Fates } from './fate.ts';
import { tryFates, type Trial } from './trial.ts';
import type { Left } from './read-left.ts';
import { partitions } from './small-run.ts';

export interface Case {
  /** Row of the summary. */
  readonly row: string;
  /** Stage, topic or table of the point; the seed of a random case. */
  readonly of: string;
  readonly fates: Fates;
}

/** What the kills are drawn from: a run that nobody disturbed, and the points crossed in it, by a start that goes on after a kill, and by one that finds everything done. */
export interface Quiet {
  readonly left: Left;
  readonly requests: number;
  readonly lastedMs: Trial['lastedMs'];
  readonly starts: readonly Start[];
}

interface Start {
  readonly command: string;
  /** What must have happened to the command before such a start. */
  readonly before: readonly Fate[];
  readonly crossed: ReadonlyMap<string, number>;
}

/** Runs without a disturbance, and once more with a kill of every stage in the middle. Throws an Error when the quiet run itself has a problem. */
export async function quietRun(deployment: Deployment, commands: readonly string[]): Promise<Quiet> {
  const twice = Object.fromEntries(commands.map((command) => [command, [whole, whole]]));
  const quiet = await tryFates(deployment, twice, { trace: true });
  if (quiet.problems.length > 0 || quiet.left === undefined) throw new Error(`The quiet run is not quiet: ${quiet.problems.join('; ')}`);
  if (quiet.again > 0 || quiet.left.orphans.length > 0) throw new Error(`The quiet run asked ${quiet.again} requests again and left ${quiet.left.orphans.join(', ') || 'nothing'}.`);
  const middles = Object.fromEntries(commands.flatMap((command) => { const fate = middleOf(command, quiet.crossed[`${command}.1`]!); return fate === undefined ? [] : [[command, [fate]] as const]; }));
  const restarted = await tryFates(deployment, middles, { trace: true, quiet: quiet.left });
  if (restarted.problems.length > 0) throw new Error(`A kill in the middle (${JSON.stringify(middles)}): ${restarted.problems.join('; ')}`);
  const starts = commands.flatMap((command): readonly Start[] => [
    { command, before: [], crossed: quiet.crossed[`${command}.1`]! },
    ...(middles[command] === undefined ? [] : [{ command, before: middles[command], crossed: restarted.crossed[`${command}.2`]! }]),
    { command, before: [whole], crossed: quiet.crossed[`${command}.2`]! },
  ]);
  return { left: quiet.left, requests: quiet.requests, lastedMs: quiet.lastedMs, starts };
}

/** Half of the commits of the stage that asks most, or of the command's own stage. */
function middleOf(command: string, crossed: ReadonlyMap<string, number>): Fate | undefined {
  const point = ['commit.written of rollout', `commit.written of ${command}`].find((name) => crossed.has(name));
  return point === undefined ? undefined : { kind: 'at', point, crossing: Math.ceil(crossed.get(point)! / 2) };
}

// The next starts are killed when they have cleaned a partition up, so that one can see that they did.
const cleaned = Array.from({ length: partitions }, (_, partition): Fate => ({ kind: 'at', point: `unlisted.removed of partition ${partition}`, crossing: 1 }));

const racing = / of run$|^run-file\./; // crossed by whichever process begins the run

/** One kill at each point that is crossed, at a crossing drawn from the seed; a point is tried in the first kind of start that crosses it. */
export function pointCases({ starts }: Quiet, seed: string): readonly Case[] {
  const seen = new Set<string>();
  const commands = [...new Set(starts.map(({ command }) => command))];
  return starts.flatMap(({ command, before, crossed }) => [...crossed].flatMap(([point, count]): readonly Case[] => {
    const key = racing.test(point) ? point : `${command}/${point}`;
    if (seen.has(key)) return [];
    seen.add(key);
    const [row, of = ''] = point.split(' of ');
    const whose = of === '' || of === command ? command : of;
    if (commands.length > 1 && racing.test(point)) return [{ row: row!, of: whose, fates: Object.fromEntries(commands.map((each) => [each, [{ kind: 'at', point, crossing: 1, whoever: true }]])) }];
    const crossing = 1 + Math.floor(seedRandom(`${seed}/${command}/${point}`)() * count * 0.7); // how often one is crossed differs a little from run to run
    return [{ row: row!, of: whose, fates: { [command]: [...before, { kind: 'at', point, crossing }, ...(row!.startsWith('part.') ? cleaned : [])] } }];
  }));
}

/** Cases that have no process in common are tried in one run: where each stage is a process of its own, a third of the runs is enough. */
export function packCases(cases: readonly Case[]): readonly (readonly Case[])[] {
  const packs: Case[][] = [];
  for (const one of cases) {
    const free = packs.find((pack) => pack.every(({ fates }) => Object.keys(one.fates).every((command) => fates[command] === undefined)));
    if (free === undefined) packs.push([one]); else free.push(one);
  }
  return packs;
}

/** Two to four kills of each command, one after the other, at moments drawn from the seed over the length of a quiet run. */
export function randomCase({ lastedMs }: Quiet, seed: string): Case {
  const random = seedRandom(`moments/${seed}`);
  const fates = Object.fromEntries(Object.entries(lastedMs).map(([command, ms]) => [command, Array.from({ length: 2 + Math.floor(random() * 3) }, (): Fate => ({ kind: 'after', ms: Math.round(random() * 0.9 * ms) }))]));
  return { row: 'random moments', of: `seed ${seed}`, fates };
}
