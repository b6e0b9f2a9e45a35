import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Workplace } from '../../apps/slowthink/src/testing/command-line.ts';
import { startLoadServer } from '../bench/processes.ts';
import type { Deployment, Place } from './deployment.ts';
import { describeFate, type Fate, type Fates } from './fate.ts';
import { live, type Lived } from './live.ts';
import { differences, readLeft, readUnlisted, type Left } from './read-left.ts';
import { latencyMs as quickMs, questionLines } from './small-run.ts';

export interface Trial {
  readonly kills: number;
  readonly freezes: number;
  readonly missed: boolean;
  readonly requests: number;
  /** Requests with prompt, seed and n of an earlier one, as the model server counted them. */
  readonly again: number;
  readonly againMax: number;
  readonly seconds: number;
  /** Undefined where the run did not come to its end. */
  readonly left: Left | undefined;
  readonly lastedMs: Lived['lastedMs'];
  /** Empty: the run came to what the quiet one came to, within law 2. */
  readonly problems: readonly string[];
  /** Crossings by point, of each start of each command ("COMMAND.START"), where they were asked for. */
  readonly crossed: { readonly [start: string]: ReadonlyMap<string, number> };
}

export interface TrialOptions {
  readonly quiet?: Left;
  readonly trace?: boolean;
  /** What else happens from the start of the run on; what it throws is a problem. */
  readonly meanwhile?: (view: View) => Promise<void>;
  /** Requests that may be asked again for what happens meanwhile. */
  readonly againMax?: number;
  /** Of the model server: a slower one leaves more time in the middle of a run. */
  readonly latencyMs?: number;
}

/** A run as one can see it from outside while it goes. */
export interface View {
  /** How many requests the model server was asked so far. Rejects when the run is over. */
  requests(): Promise<number>;
  /** Whether the first start of each command has crossed a point; known of traced runs alone. */
  crossed(point: string, commands: readonly string[]): boolean;
}

/** One run in a place of its own, with a model server of its own, under its fates; compared with the quiet run where there is one. */
export async function tryFates(deployment: Deployment, fates: Fates, { quiet, trace = false, meanwhile = async () => {}, againMax: more = 0, latencyMs = quickMs }: TrialOptions = {}): Promise<Trial> {
  const workplace = new Workplace();
  const close = (): void => workplace.close();
  process.on('exit', close);
  const server = await startLoadServer(latencyMs, 0);
  try {
    const place: Place = { folder: workplace.folder, run: basename(workplace.folder), policy: `openai:${server.url}#mock` };
    workplace.write('questions.jsonl', questionLines);
    mkdirSync(workplace.path('traces'));
    const afterKill = async (fate: Fate): Promise<readonly string[]> => {
      const partition = fate.kind === 'at' ? /^unlisted\.removed of partition (\d+)$/.exec(fate.point)?.[1] : undefined;
      return partition === undefined ? [] : (await readUnlisted(deployment, place, Number(partition))).map((file) => `${file} outlived the next start`);
    };
    const began = performance.now();
    let over = false;
    const view: View = {
      requests: async () => { if (over) throw new Error('The run was over before.'); return (await server.stats()).requests; },
      crossed: (point, commands) => { const all = readCrossings(workplace.path('traces')); return commands.every((command) => all[`${command}.1`]?.has(point)); },
    };
    const [{ kills, freezes, missed: passedBy, againMax: forFates, lastedMs, problems: lived }, beside] = await Promise.all([
      live(workplace, deployment, place, { fates, afterKill, ...(trace ? { trace: workplace.path('traces', 'crossed') } : {}) }).finally(() => { over = true; }),
      meanwhile(view).then(() => [], (error: unknown) => [String(error)]),
    ]);
    const nobody = kills > 0 ? undefined : Object.values(fates).flat().find((fate) => fate.kind === 'at' && fate.whoever === true);
    const missed = passedBy || nobody !== undefined;
    const unlike = [...lived, ...beside, ...(nobody === undefined ? [] : [`nobody came to ${describeFate(nobody)}`])];
    const againMax = forFates + more;
    const seconds = (performance.now() - began) / 1000;
    const { requests, repeated } = await server.stats();
    const problems = [...unlike, ...(repeated > againMax ? [`${repeated} requests were asked again; law 2 allows ${againMax} after ${kills} kills`] : [])];
    let left: Left | undefined;
    if (unlike.length === 0) {
      try {
        left = await readLeft(deployment, place);
        if (quiet !== undefined) problems.push(...differences(quiet, left));
      } catch (error) { problems.push(String(error)); }
    }
    return { kills, freezes, missed, requests, again: repeated, againMax, seconds, left, lastedMs, problems, crossed: readCrossings(workplace.path('traces')) };
  } finally {
    server.stop();
    workplace.close();
    process.off('exit', close);
  }
}

/** tryFates, and again up to three times where a point was not reached: how often one is crossed, and by which of two processes that race, differs from run to run. Each time an earlier crossing is tried. */
export async function tryUntilReached(deployment: Deployment, fates: Fates, options: TrialOptions): Promise<Trial> {
  let trial = await tryFates(deployment, fates, options);
  for (let times = 0, tried = fates; trial.missed && times < 3; times++) {
    tried = Object.fromEntries(Object.entries(tried).map(([command, all]) => [command, all.map((fate) => (fate.kind === 'at' || fate.kind === 'frozen' ? { ...fate, crossing: Math.ceil(fate.crossing / 2) } : fate))]));
    trial = await tryFates(deployment, tried, options);
  }
  return trial;
}

function readCrossings(folder: string): Trial['crossed'] {
  return Object.fromEntries(readdirSync(folder).map((file) => {
    const counts = new Map<string, number>();
    for (const name of readFileSync(join(folder, file), 'utf8').split('\n').slice(0, -1)) counts.set(name, (counts.get(name) ?? 0) + 1);
    return [file.slice('crossed.'.length), counts] as const;
  }));
}
