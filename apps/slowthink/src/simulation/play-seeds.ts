import { problemsOf } from './check-history.ts';
import { simulate, type History } from './simulate.ts';
import { quiet, weatherOf, type Weather } from './weather.ts';

/** Set: this seed alone is played, and its history printed. */
const only = process.env['SLOWTHINK_SIMULATION_SEED'];

const calm = new Map<string, Promise<History>>();

/** The same questions and search in quiet weather. */
export function calmOf({ questions, search }: Weather): Promise<History> {
  const key = `${search}/${questions}`;
  const known = calm.get(key) ?? simulate(quiet(questions, search));
  calm.set(key, known);
  return known;
}

/** What is wrong with a seed: the laws that it breaks, or what it could not go on with. */
export async function problemsOfSeed(seed: number, tell?: (line: string) => void): Promise<{ readonly problems: readonly string[]; readonly history?: History }> {
  const weather = weatherOf(seed);
  tell?.(JSON.stringify(weather));
  try {
    const history = await simulate(weather, tell);
    return { history, problems: problemsOf(history, await calmOf(weather)) };
  } catch (error) { return { problems: [(error as Error).stack ?? String(error)] }; }
}

export interface Played {
  readonly seeds: number;
  /** One text a failed seed, with the command that plays it again; ten at most. */
  readonly failures: readonly string[];
  /** How often what happened, over all seeds. */
  readonly happened: ReadonlyMap<string, number>;
  readonly virtualHours: number;
}

/** Plays the seeds from `first` to `last`, or the one of SLOWTHINK_SIMULATION_SEED with its history printed. `each` hears of every seed. */
export async function playSeeds(last: number, suite: string, each: (seed: number, failures: number) => void = () => {}, first = 1): Promise<Played> {
  const failures: string[] = [];
  const happened = new Map<string, number>();
  let virtualMs = 0;
  const seeds = only === undefined ? Array.from({ length: last - first + 1 }, (_, index) => first + index) : [Number(only)];
  for (const seed of seeds) {
    const { problems, history } = await problemsOfSeed(seed, only === undefined ? undefined : (line) => console.log(line));
    for (const [what, times] of history?.happened ?? []) happened.set(what, (happened.get(what) ?? 0) + times);
    virtualMs += history?.virtualMs ?? 0;
    if (problems.length > 0) failures.push(`seed ${seed}: ${problems.join('\n')}\nreplay: SLOWTHINK_SIMULATION_SEED=${seed} ${suite}`);
    if (failures.length >= 10) break;
    each(seed, failures.length);
  }
  return { seeds: seeds.length, failures, happened, virtualHours: virtualMs / 3_600_000 };
}
