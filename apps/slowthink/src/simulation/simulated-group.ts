import type { Assignment, Membership } from '@slowthink/broker';
import { nobody, type Life } from './virtual-time.ts';
import { never, type World } from './world.ts';

const sessionMs = 10_000; // after which a member that died is found out
const frozenMs = 10_000; // mean time after which a member that is cut off from the group hears what it lost

interface Member {
  readonly life: Life;
  readonly owned: Set<number>;
  readonly news: (Assignment | 'left')[];
  wake: () => void;
}

/** The members of one stage: partitions are shared evenly and stay where they are as long as that lasts. What one member loses and another gains reaches each in its own time, in either order. */
export class SimulatedGroup {
  readonly #world: World;
  readonly #stage: string;
  readonly #partitions: number;
  readonly #onMove: () => void;
  #members: Member[] = [];

  constructor(world: World, stage: string, partitions: number, onMove: () => void) {
    this.#world = world;
    this.#stage = stage;
    this.#partitions = partitions;
    this.#onMove = onMove;
    world.onDeath((life) => world.time.later(sessionMs, () => this.#remove(life)));
  }

  join(life: Life): Membership {
    const member: Member = { life, owned: new Set(), news: [], wake: () => {} };
    this.#members.push(member);
    this.#share(member);
    const world = this.#world;
    if (!life.alive) world.time.later(sessionMs, () => this.#remove(life)); // it died while its wish to join was on its way
    return {
      assignments: {
        async *[Symbol.asyncIterator](): AsyncGenerator<Assignment> {
          for (;;) {
            const next = member.news[0];
            if (next === undefined) { await new Promise<void>((resolve) => { member.wake = resolve; }); continue; }
            if (next !== 'left' && next.lost.length > 0 && world.random.chance(world.weather.frozen)) await world.time.sleep(world.random.around(frozenMs)); // it works on in the meantime, fenced at its next commit
            if (!await world.way(life, 'broker', 'assignment')) return never;
            member.news.shift();
            if (next === 'left') return;
            yield next;
          }
        },
      },
      leave: async () => { this.#remove(life); this.#send(member, 'left'); },
    };
  }

  /** Gives some partition to another member. */
  move(): void {
    const { random } = this.#world;
    if (this.#members.length < 2) return;
    const partition = random.whole(0, this.#partitions - 1);
    const from = this.#members.find(({ owned }) => owned.has(partition));
    this.#give(partition, from, random.pick(this.#members.filter((member) => member !== from)));
  }

  #remove(life: Life): void {
    const gone = this.#members.filter((member) => member.life === life);
    if (gone.length === 0) return;
    this.#members = this.#members.filter((member) => member.life !== life);
    this.#world.say(life, () => `is no member of ${this.#stage} any more`);
    this.#share();
  }

  /** Free partitions go to whoever has fewest; then members with two more than another hand one over. `fresh` hears of its share even if it is empty. */
  #share(fresh?: Member): void {
    if (this.#members.length === 0) return;
    const least = (): Member => this.#members.reduce((fewest, member) => (member.owned.size < fewest.owned.size ? member : fewest));
    const most = (): Member => this.#members.reduce((widest, member) => (member.owned.size > widest.owned.size ? member : widest));
    const gained = new Map<Member, number[]>();
    for (let partition = 0; partition < this.#partitions; partition++) {
      if (this.#members.some(({ owned }) => owned.has(partition))) continue;
      const to = least();
      to.owned.add(partition);
      gained.set(to, [...gained.get(to) ?? [], partition]);
    }
    if (fresh !== undefined && !gained.has(fresh)) gained.set(fresh, []);
    for (const [member, partitions] of gained) this.#send(member, { gained: partitions, lost: [] });
    while (most().owned.size > least().owned.size + 1) this.#give([...most().owned][0]!, most(), least());
  }

  #give(partition: number, from: Member | undefined, to: Member): void {
    this.#onMove();
    this.#world.count('a partition moves');
    this.#world.say(nobody, () => `${this.#stage}/${partition} goes from ${from?.life.name ?? 'nobody'} to ${to.life.name}`);
    from?.owned.delete(partition);
    to.owned.add(partition);
    if (from !== undefined) this.#send(from, { gained: [], lost: [partition] });
    this.#send(to, { gained: [partition], lost: [] });
  }

  #send(member: Member, news: Assignment | 'left'): void {
    member.news.push(news);
    member.wake();
  }
}
