import { FaultError } from '@slowthink/faults';
import { composePolicy, systemClock, type Policy } from '@slowthink/models';
import type { Life } from './virtual-time.ts';
import { never, type World } from './world.ts';

export interface SimulatedModelOptions {
  readonly world: World;
  readonly life: Life;
  readonly model: Policy;
  /** Told of each request that the model works on; not of those that are turned away. */
  readonly asked: (id: string) => void;
  /** Told when an answer does not get through: its request is asked again, and nobody has died. */
  readonly lost: () => void;
}

/** A model server as one life reaches it, behind the wrappers of a real one: slow, overloaded now and then, away for a while, and answering in any order. */
export function simulatedModel({ world, life, model, asked, lost }: SimulatedModelOptions): Policy {
  const { weather, random } = world;
  const turnedAway = new Set<string>();
  const answered = new Set<string>();
  let troubled = false; // nobody was answered since the last fault: patience may ask once more what was answered before, to see whether the server answers at all (libs/models/src/with-patience.ts)
  const away = (): boolean => weather.outages.some(({ fromMs, toMs }) => fromMs <= world.time.now && world.time.now < toMs);
  const reach = async (where: string, signal: AbortSignal | undefined): Promise<void> => {
    signal?.throwIfAborted();
    if (!await world.way(life, 'model', where)) return never;
    signal?.throwIfAborted();
    if (!away()) return;
    world.count('the model is away');
    troubled = true;
    throw new FaultError('MODEL_UNREACHABLE', 'Nobody answers at the address of the model.');
  };
  const server: Policy = {
    describe: async (signal) => {
      await reach('describe', signal);
      return model.describe(signal);
    },
    sample: async (request, signal) => {
      await reach(`ask ${request.id}`, signal);
      if (!turnedAway.has(request.id) && random.chance(weather.overloaded)) {
        world.count('a request is turned away');
        troubled = true;
        turnedAway.add(request.id); // once a request: one that fails again and again is at fault itself
        throw random.chance(0.5) ? new FaultError('MODEL_OVERLOADED', 'Too many requests.', { retryAfterMs: random.around(1000) }) : new FaultError('MODEL_SERVER_ERROR', 'The server answered 500.');
      }
      if (troubled && (request.id === 'witness' || answered.has(request.id))) world.count('a witness is asked'); else asked(request.id);
      const reply = await model.sample(request);
      if (weather.delayMs.model > 0) await systemClock.sleep(random.around(weather.delayMs.model), signal);
      try { await reach(`reply ${request.id}`, signal); } catch (error) { if (error instanceof FaultError) lost(); throw error; }
      answered.add(request.id);
      troubled = false;
      return reply;
    },
    close: async () => {},
  };
  return composePolicy(server, { inFlightMax: 2 * weather.requests, giveUpAfterMs: 3_600_000, expected: { model: 'scripted', revision: 'scripted-1' } });
}
