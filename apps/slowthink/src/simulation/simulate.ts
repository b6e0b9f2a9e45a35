// The simulation: the whole stream on the log in memory, under a weather that follows from a seed.
//
// Every port (log, model, disk, clock) stands behind one that takes its time, answers in any order, fails, or is the last thing a process ever calls. Time is virtual, chance comes from the seed alone: the same
// seed gives the same history, call by call, and an hour of waiting costs nothing. One process, or several as members of a group; whoever dies or ends before the input does is started again.
//
//   random.ts            chance                       simulated-broker.ts  the log: delays, lost answers, fencing      check-history.ts  what must hold afterwards
//   virtual-time.ts      the clock                    simulated-group.ts   who owns which partition                     simulate.test.ts  300 seeds, and the seeds that once failed
//   weather.ts           seed -> sizes and dangers    simulated-model.ts   the model server: slow, full, away           simulate.long-test.ts  10,000 seeds
//   world.ts             lives, deaths, history       simulated-disk.ts    what a power cut leaves of parts
//
// A seed that fails is printed; SLOWTHINK_SIMULATION_SEED=N npx vitest run apps/slowthink/src/simulation plays it again and prints every call. Mend the cause, and keep the seed in simulate.test.ts with its story.
import { createHash } from 'node:crypto';
import { MemoryBroker, type Transaction } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';
import { topics, type PartRecord, type ProgressRecord, type SearchSettings } from '@slowthink/records';
import { lagAdmission } from '@slowthink/runtime';
import { resolveSearch } from '@slowthink/search';
import { removeUnlisted } from '@slowthink/tables';
import { flows, readTopic } from '@slowthink/wiring';
import { contents, hashPolicy, putQuestions, question, smallSearch, startStream } from '../testing/stream-in-memory.ts';
import { SimulatedBroker } from './simulated-broker.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import { SimulatedGroup } from './simulated-group.ts';
import { simulatedModel } from './simulated-model.ts';
import { takeOverChance } from './take-over-chance.ts';
import { nobody, type Life } from './virtual-time.ts';
import type { Weather } from './weather.ts';
import { World } from './world.ts';

/** What a simulation came to. */
export interface History {
  readonly weather: Weather;
  readonly records: { readonly [topic: string]: readonly string[] }; // sorted, without ends
  readonly progress: readonly ProgressRecord[];
  readonly files: ReadonlyMap<string, Buffer>; // by name, after the last start
  readonly asked: number; // requests that the model worked on
  readonly askedAgain: number;
  /** Law 2: the most that may be asked again, from what happened. */
  readonly askedAgainMax: number;
  /** Requests whose answers stood in the log already. */
  readonly askedInVain: readonly string[];
  /** How often what happened, deaths by port among it. */
  readonly happened: ReadonlyMap<string, number>;
  readonly lives: number;
  readonly virtualMs: number;
}

export const searches: { readonly [name in Weather['search']]: SearchSettings } = {
  laptop: smallSearch,
  whole: resolveSearch('meds3-v4', 'laptop', { wave: 2, simulating: 'adaptive', nodesMax: 7, simulationBase: 4, simulationMin: 2 }),
};

/** One request in 25, whenever and by whomever it is asked. */
const refusedOnes = (id: string): boolean => createHash('sha256').update(id).digest()[0]! < 10;

const folder = '/parts';
const livesMax = 200;
const stillMs = 600_000; // without a commit, a request or a start while the model can be reached
const passing: ReadonlySet<string> = new Set(['MODEL_UNREACHABLE', 'BROKER_UNREACHABLE']); // what a process may end with: whoever started it starts it again

/** Plays one weather to its end. Throws what no weather may lead to: a fault that is not the weather's, an end before the input's end, a standstill. */
export async function simulate(weather: Weather, tell?: (line: string) => void): Promise<History> {
  const world = new World(weather, tell);
  const disk = new SimulatedDisk(world);
  const asked = new Set<string>();
  const committed = new Set<string>();
  const askedInVain: string[] = [];
  let log = new MemoryBroker({ holes: weather.holes });
  let lives = 0;
  let calls = 0;
  let askedAgainMax = 0;
  const questions = Array.from({ length: weather.questions }, (_, index) => question(index));
  await putQuestions(log, questions, weather.partitions);

  // Law 2, what may be asked again: after a death, or an end by a fault, the credits of both stages that ask and, a stage and partition, what may wait for a commit (one batch that is filled, one that is
  // committed); after a partition moved, was fenced or had a commit fail, the same for this one. stages * (requests + partitions * 2 * commit records)
  const atRisk = (stages: number, partitions: number): number => stages * (weather.requests + partitions * weather.commit.pendingMax);
  const groups = new Map<string, SimulatedGroup>();
  const groupOf = (stage: string): SimulatedGroup => {
    const known = groups.get(stage) ?? new SimulatedGroup(world, stage, weather.partitions, () => { if (stage === 'expand' || stage === 'rollout') askedAgainMax += atRisk(1, 1); });
    groups.set(stage, known);
    return known;
  };
  const written = ({ outputs }: Transaction): void => {
    world.works();
    for (const { topic, value } of outputs) if (topic === topics.expansions.name || topic === topics.rollouts.name) for (const [, id] of value.matchAll(/"requestId":"([^"]+)"/g)) committed.add(id!);
  };
  const model = hashPolicy({ fail: ({ id }) => (refusedOnes(id) ? new FaultError('MODEL_REFUSED', 'not this one') : undefined) });

  /** One process from its start to its end. Rejects with what it ended with. */
  const run = async (life: Life): Promise<void> => {
    const broker = new SimulatedBroker({ world, life, log, groupOf: weather.workers > 1 ? groupOf : undefined, written });
    const files = disk.seenBy(life);
    const policy = simulatedModel({ world, life, model, asked: (id) => {
      world.works();
      calls++;
      if (committed.has(id)) askedInVain.push(`${life.name} ${id}`);
      asked.add(id);
    }, lost: () => { askedAgainMax++; } });
    const admit = lagAdmission({ broker, downstream: flows.run.stages.slice(1), lagMax: weather.lagMax, everyMs: 250 });
    const running = await startStream({
      broker, policy, partsFolder: folder, search: searches[weather.search], trees: weather.trees, requests: weather.requests, commit: weather.commit,
      admit: async (topic, signal) => { if (topic === topics.questions) await admit(signal); }, parts: { files, survey: () => files.list(folder), clear: async (partition, among) => { await removeUnlisted(folder, await listed(broker, partition), { partition, among, files }); }, rowsPerPart: weather.rowsPerPart, quietMs: weather.quietMs, giveUpMs: weather.commit.giveUpMs },
    });
    await running.over;
  };

  /** A process that is started again until it ends by itself. */
  const keepUp = async (name: string): Promise<void> => {
    for (;;) {
      if (++lives > livesMax) throw new Error(`It took more than ${livesMax} lives.`);
      const life: Life = { name: `${name}.${lives}`, alive: true };
      world.works();
      world.say(life, () => 'starts');
      const died = new Promise<'died'>((resolve) => { world.onDeath((one) => { if (one === life) resolve('died'); }); });
      const end = await Promise.race([died, world.time.lives.run(life, () => run(life)).then(() => 'ended' as const, (error: unknown) => error)]);
      world.end(life);
      world.say(life, () => (end instanceof Error ? `fails: ${end.stack}` : String(end)));
      if (end !== 'ended') askedAgainMax += atRisk(2, weather.partitions);
      if (end !== 'ended' && end !== 'died' && !(end instanceof FaultError && passing.has(end.code))) throw end;
      if (weather.powerCuts && end === 'died') { world.count('the power is cut'); disk.cutPower(); }
      if (weather.workers === 1) log = await log.reopen();
      if (end === 'ended') return;
      await world.time.sleep(world.random.around(5000));
    }
  };

  const giveBack = takeOverChance(world.random);
  await world.time.play(async () => {
    for (const at of weather.moves) world.time.later(at, () => world.random.pick([...groups.values(), undefined])?.move());
    const all = () => Promise.all(Array.from({ length: weather.workers }, (_, index) => keepUp('abc'[index]!)));
    await all();
    if (!await isComplete(log)) throw new Error('Every process has ended, and records are unread.');
    world.calm = true;
    await removeUnlisted(folder, await listed(log), { files: disk.seenBy({ name: 'last', alive: true }) });
  }, (life) => {
    if (life !== nobody) world.mayDie(life, 'clock', 'the clock');
    if (world.time.now - world.lastWorkAt <= stillMs || weather.outages.some(({ fromMs, toMs }) => fromMs < world.time.now && world.time.now < toMs + stillMs)) return;
    throw new Error(`Nothing has gone on for ${stillMs / 60_000} minutes.`);
  }).finally(giveBack);

  return {
    weather, askedInVain, happened: world.happened, lives, virtualMs: world.time.now, asked: calls, askedAgain: calls - asked.size,
    askedAgainMax: askedAgainMax + ['a commit is refused', 'a commit is lost', 'a worker is fenced'].reduce((sum, what) => sum + (world.happened.get(what) ?? 0) * atRisk(1, 1), 0),
    records: Object.fromEntries(await Promise.all(flows.run.topics.map(async (topic) => [topic.name, await contents(log, topic)] as const))),
    progress: await log.progress(), files: new Map([...disk.files].map(([path, bytes]) => [path.slice(folder.length + 1), bytes])),
  };
}

async function listed(broker: Pick<MemoryBroker, 'ranges' | 'read'>, partition?: number): Promise<readonly PartRecord[]> {
  const parts: PartRecord[] = [];
  for await (const { value } of readTopic<PartRecord>(broker as MemoryBroker, topics.parts, 'part', partition === undefined ? {} : { partition })) parts.push(value);
  return parts;
}

/** Every stage has settled every record of every topic it reads. */
async function isComplete(log: MemoryBroker): Promise<boolean> {
  const progress = new Map((await log.progress()).map((record) => [`${record.stage}/${record.partition}`, record]));
  for (const { name, reads } of flows.run.stages) {
    for (const topic of reads) {
      for (const { partition, start, end } of await log.ranges(topic.name)) {
        const position = progress.get(`${name}/${partition}`)?.positions[topic.name];
        if (position?.unsettled.length !== 0) return false;
        const rest = log.read(topic.name, partition, { next: Math.max(start, position.next), unsettled: [] }, { until: end });
        if (await rest.ready()) return false; // offsets have holes: only a record counts
      }
    }
  }
  return true;
}
