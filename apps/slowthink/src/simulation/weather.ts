import { Random } from './random.ts';

/** What a seed makes of one simulation: how large it is, how slow its ports are, and how often what goes wrong. */
export interface Weather {
  readonly seed: number;
  readonly search: 'laptop' | 'whole';
  readonly questions: number;
  readonly partitions: number;
  /** Processes; more than one share the partitions of each stage as the members of a group. */
  readonly workers: number;
  readonly holes: boolean;
  readonly trees: number; // credits
  readonly requests: number; // credits, of each stage that asks
  readonly commit: { readonly records: number; readonly ms: number; readonly pendingMax: number; readonly giveUpMs: number };
  readonly lagMax: number; // records
  readonly rowsPerPart: number;
  readonly quietMs: number;
  /** Mean delay of a call; each way. */
  readonly delayMs: { readonly broker: number; readonly model: number; readonly file: number };
  /** Of all calls: those that are not delayed at all. */
  readonly prompt: number; // 0..1
  /** A process dies at this share of its calls, `deathsMax` times at most over all. */
  readonly deaths: number; // 0..1
  readonly deathsMax: number;
  /** Commits that fail: before they were written, after (the answer is lost), and for want of room. `faultsMax` over all of them. */
  readonly refused: number; // 0..1
  readonly lost: number; // 0..1
  readonly full: number; // 0..1
  readonly faultsMax: number;
  /** Requests that the model server turns away. */
  readonly overloaded: number; // 0..1
  /** When nobody answers at the model's address. */
  readonly outages: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** When a partition of a stage goes to another worker for no reason. */
  readonly moves: readonly number[]; // ms
  /** A member hears late that it lost a partition. */
  readonly frozen: number; // 0..1
  /** What a part loses at a death that was not synced: a power cut. */
  readonly powerCuts: boolean;
}

/** No delay, no fault, one process, one partition: what every other weather must come to as well. */
export const quiet = (questions: number, search: Weather['search']): Weather => ({
  seed: 0, search, questions, partitions: 1, workers: 1, holes: false, trees: 16, requests: 16, commit: { records: 50, ms: 1, pendingMax: 1000, giveUpMs: 0 }, lagMax: 100_000, rowsPerPart: 1000, quietMs: 100,
  delayMs: { broker: 0, model: 0, file: 0 }, prompt: 1, deaths: 0, deathsMax: 0, refused: 0, lost: 0, full: 0, faultsMax: 0, overloaded: 0, outages: [], moves: [], frozen: 0, powerCuts: false,
});

/** The weather of a seed. */
export function weatherOf(seed: number): Weather {
  const random = new Random(seed);
  const workers = random.pick([1, 1, 1, 2, 2, 3]);
  const records = random.pick([1, 2, 4, 8, 20]);
  const delay = (): number => random.pick([0.3, 3, 30, 300]);
  const storms = random.pick([0, 1, 1, 2]);
  return {
    seed, workers,
    search: random.chance(0.75) ? 'laptop' : 'whole',
    questions: random.pick([2, 2, 3, 4]),
    partitions: random.whole(1, 3),
    holes: workers > 1 || random.chance(0.3), // with holes the log counts as one that others write to as well
    trees: random.whole(1, 4),
    requests: random.whole(1, 4),
    commit: { records, ms: random.pick([1, 20, 200]), pendingMax: 2 * records, giveUpMs: 3_600_000 },
    lagMax: random.pick([3, 20, 1000]),
    rowsPerPart: random.pick([3, 10, 30]),
    quietMs: random.pick([100, 10_000, 60_000]),
    delayMs: { broker: delay(), model: random.pick([1, 30, 1000, 10_000]), file: delay() },
    prompt: random.pick([0, 0.5, 0.9]),
    deaths: random.pick([0, 0.002, 0.01, 0.04]),
    deathsMax: random.whole(1, 6),
    refused: random.pick([0, 0, 0.05]),
    lost: random.pick([0, 0, 0.05]),
    full: random.pick([0, 0, 0.05]),
    faultsMax: random.whole(1, 4),
    overloaded: random.pick([0, 0, 0.1]),
    outages: Array.from({ length: storms }, () => { const fromMs = random.around(20_000); return { fromMs, toMs: fromMs + random.pick([100, 5_000, 60_000]) * random.next() * (random.chance(0.01) ? 200 : 1) }; }),
    moves: workers === 1 ? [] : Array.from({ length: random.whole(0, 4) }, () => random.around(10_000)).sort((a, b) => a - b),
    frozen: random.pick([0, 0.5]),
    powerCuts: workers === 1 && random.chance(0.5),
  };
}
