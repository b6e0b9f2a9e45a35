import type { BegunRecord, DoneRecord } from './records.ts';
import type { Step } from './steps.ts';

export interface StepRecords {
  readonly begun: ReadonlyMap<string, BegunRecord>; // by step id
  readonly done: ReadonlyMap<string, DoneRecord>;
}

/** A record that does not fit the others: it comes from another evolution, or a file was changed between two steps. */
export interface Mixed { readonly step: string; readonly file: string; readonly why: string }

/** The first step that is not done; undefined: all are. */
export const nextStep = (steps: readonly Step[], { done }: StepRecords): Step | undefined => steps.find(({ id }) => !done.has(id));

/**
 * Whether records fit together: steps are done in their order without a gap, and every step used what an earlier one made, or the same thing from outside as the steps before it. Gives the first that does not fit.
 * `now`: hashes that files have at present, by the names of `made`; names that are not in it are not looked at.
 */
export function findMixed(steps: readonly Step[], { begun, done }: StepRecords, now: { readonly [name: string]: string | undefined } = {}): Mixed | undefined {
  const known = new Map<string, string>();
  let open: string | undefined; // first step that is not done
  for (const { id } of steps) {
    const [start, end] = [begun.get(id), done.get(id)];
    if (open !== undefined && (start !== undefined || end !== undefined)) return { step: id, file: `steps/${id}.${end === undefined ? 'begun' : 'done'}.json`, why: `the step ${id} was begun, and ${open}, which comes before it, was not done` };
    if (end !== undefined && start === undefined) return { step: id, file: `steps/${id}.begun.json`, why: `the step ${id} is done, and its record of what it used is gone` };
    for (const [name, hash] of Object.entries(start?.used ?? {})) {
      const before = known.get(name);
      if (before !== undefined && before !== hash) return { step: id, file: name, why: `the step ${id} used ${name} as ${short(hash)}, and the steps before it have ${short(before)}` };
      known.set(name, hash);
    }
    for (const [name, hash] of Object.entries(end?.made ?? {})) {
      if (Object.hasOwn(now, name) && now[name] !== hash) return { step: id, file: name, why: now[name] === undefined ? `${name}, which the step ${id} made, is gone` : `${name} is not what the step ${id} made: it was ${short(hash)}, now it is ${short(now[name])}` };
      known.set(name, hash);
    }
    if (end === undefined) open ??= id;
  }
  return undefined;
}

const short = (hash: string): string => (/^[0-9a-f]{64}$/.test(hash) ? `${hash.slice(0, 12)}…` : hash);
