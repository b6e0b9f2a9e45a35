import { Random } from './random.ts';
import { VirtualTime, type Life } from './virtual-time.ts';
import type { Weather } from './weather.ts';

/** Whoever waits for this has died, or talks to somebody who never answers. */
export const never = new Promise<never>(() => {});

export type Port = keyof Weather['delayMs'];

/** Where the ports of a simulation meet: one clock, one source of chance, one history. */
export class World {
  readonly time = new VirtualTime();
  readonly random: Random;
  readonly weather: Weather;
  readonly #tell: ((line: string) => void) | undefined;
  readonly #onDeath: ((life: Life) => void)[] = [];
  /** Nothing happens to anybody any more. */
  calm = false;
  /** How often what happened. */
  readonly happened = new Map<string, number>();
  #deaths = 0;
  #faults = 0;
  /** When something was committed, asked or begun last: a stream that does neither for hours has stopped, however busy it is. */
  lastWorkAt = 0; // ms

  constructor(weather: Weather, tell?: (line: string) => void) {
    this.weather = weather;
    this.random = new Random(weather.seed ^ 0x5eed);
    this.#tell = tell;
  }

  count(what: string): void { this.happened.set(what, (this.happened.get(what) ?? 0) + 1); }

  /** Something has gone on. */
  works(): void { this.lastWorkAt = this.time.now; }

  /** One line of the history: when, who, what. */
  say(life: Life, what: () => string): void { this.#tell?.(`${this.time.now.toFixed(3).padStart(12)} ${life.name} ${what()}`); }

  onDeath(call: (life: Life) => void): void { this.#onDeath.push(call); }

  /** kill -9: nothing that this life knew, and no call that it began, comes to anything any more. */
  kill(life: Life, where: string): void {
    if (!life.alive) return;
    this.say(life, () => `dies at ${where}`);
    this.end(life);
  }

  /** An exit: as kill, but by the process itself. */
  end(life: Life): void {
    if (!life.alive) return;
    life.alive = false;
    for (const call of this.#onDeath) call(life);
  }

  /** A place where a life may end. */
  mayDie(life: Life, port: Port | 'clock', where: string): void {
    if (!life.alive || this.calm || this.#deaths >= this.weather.deathsMax || !this.random.chance(this.weather.deaths * (port === 'clock' ? 0.1 : 1))) return;
    this.#deaths++;
    this.count(`a process dies at the ${port}`);
    this.kill(life, where);
  }

  /** Whether a commit meets this fault; `faultsMax` times over all, so that every run comes to an end. */
  strikes(what: 'refused' | 'lost' | 'full'): boolean {
    if (this.#faults >= this.weather.faultsMax || !this.random.chance(this.weather[what])) return false;
    this.#faults++;
    this.count(`a commit is ${what}`);
    return true;
  }

  /** One way of a call: it takes its time, and the caller may die before or meanwhile. Resolves to whether it lives. */
  async way(life: Life, port: Port, where: string): Promise<boolean> {
    this.mayDie(life, port, where);
    if (!life.alive) return false;
    const ms = this.random.chance(this.weather.prompt) ? 0 : this.random.around(this.weather.delayMs[port]);
    this.say(life, () => `${where} ${ms.toFixed(3)} ms`);
    if (ms > 0) await this.time.sleep(ms);
    return life.alive;
  }

  /** A call through a port, there and back, answer or fault. */
  async call<Value>(life: Life, port: Port, where: string, work: () => Value | Promise<Value>): Promise<Value> {
    if (!await this.way(life, port, where)) return never;
    let answer: () => Value;
    try { const value = await work(); answer = () => value; } catch (error) { answer = () => { throw error; }; }
    if (!await this.way(life, port, `${where} answered`)) return never;
    return answer();
  }
}
