import type { KvMemory } from './kv-memory.ts';
import { bytesPerToken, type KvGeometry } from './kv-session.ts';
import { KvSlab } from './kv-slab.ts';
import type { Row } from './row.ts';

export interface KvRowsOptions {
  readonly geometry: KvGeometry;
  readonly memory: KvMemory;
  readonly widthMax: number; // rows of one pass; 1 where rows of a pass would change each other
}

/**
 * One key or value tensor of a pass is at most this large, which bounds the rows of a pass. Measured with 1.1 M parameters and 256 slots on two cores, tokens/ms by rows: one thread 4: 5.4, 8: 5.4, 16: 4.9, 32: 4.8, 64: 4.6;
 * two threads 4: 6.2, 8: 6.3, 16: 5.3, 32: 6.4, 64: 5.4.
 */
const sideBytesMax = 4 * 2 ** 20;

/** All rows that hold keys and values, in slabs by the number of slots. */
export class KvRows {
  readonly #geometry: KvGeometry;
  readonly #memory: KvMemory;
  readonly #widthMax: number;
  readonly #used = new Map<number, KvSlab[]>(); // by slots
  readonly #spare: KvSlab[] = []; // empty, still counted as held

  constructor({ geometry, memory, widthMax }: KvRowsOptions) {
    this.#geometry = geometry;
    this.#memory = memory;
    this.#widthMax = widthMax;
  }

  get count(): number { return this.slabs().reduce((sum, slab) => sum + slab.rows.length, 0); }

  slabs(): readonly KvSlab[] { return [...this.#used.values()].flat(); }

  /** A slab with a free place, new where needed: as wide as `makeRoom` allows. Undefined when there is no room even for one row. */
  open(slots: number, makeRoom: (bytes: number) => boolean): KvSlab | undefined {
    const group = this.#used.get(slots) ?? [];
    const free = group.find((slab) => !slab.full);
    if (free !== undefined) return free;
    const slab = this.#takeSpare(slots) ?? this.#allocate(slots, makeRoom);
    if (slab !== undefined) this.#used.set(slots, [...this.#used.get(slots) ?? [], slab]);
    return slab;
  }

  /** The row moves into a slab of another width or place. */
  move(row: Row, to: KvSlab): void {
    const from = row.slab!;
    to.take(row);
    this.#spareIfEmpty(from);
  }

  leave(row: Row): void {
    const from = row.slab!;
    from.leave(row);
    this.#spareIfEmpty(from);
  }

  /** Fewest slabs: rows of the emptiest go where places are free. */
  compact(): void {
    for (const group of this.#used.values()) {
      if (group.length < 2) continue;
      const [emptiest, ...others] = [...group].sort((a, b) => a.rows.length - b.rows.length);
      const free = others.reduce((sum, slab) => sum + slab.width - slab.rows.length, 0);
      if (free < emptiest!.rows.length) continue;
      while (emptiest!.rows.length > 0) this.move(emptiest!.rows.at(-1)!, others.find((slab) => !slab.full)!);
    }
  }

  /** Gives an empty slab's memory back; false when there is none. */
  dropSpare(): boolean {
    const slab = this.#spare.shift();
    if (slab === undefined) return false;
    this.#memory.give(slab.bytes);
    return true;
  }

  get spareBytes(): number { return this.#spare.reduce((sum, slab) => sum + slab.bytes, 0); }

  #allocate(slots: number, makeRoom: (bytes: number) => boolean): KvSlab | undefined {
    const rowBytes = slots * bytesPerToken(this.#geometry);
    const sideBytes = rowBytes / (2 * this.#geometry.layers);
    const width = Math.max(1, Math.min(this.#widthMax, Math.floor(sideBytesMax / sideBytes), Math.floor(this.#memory.max / 8 / rowBytes)));
    for (const rows of width > 1 ? [width, 1] : [1]) {
      if (!makeRoom(rows * rowBytes)) continue;
      this.#memory.take(rows * rowBytes);
      return new KvSlab(this.#geometry, slots, rows);
    }
    return undefined;
  }

  #takeSpare(slots: number): KvSlab | undefined {
    const at = this.#spare.findIndex((slab) => slab.slots === slots);
    return at < 0 ? undefined : this.#spare.splice(at, 1)[0];
  }

  #spareIfEmpty(slab: KvSlab): void {
    if (slab.rows.length > 0) return;
    const group = this.#used.get(slab.slots)!.filter((one) => one !== slab);
    if (group.length > 0) this.#used.set(slab.slots, group);
    else this.#used.delete(slab.slots);
    this.#spare.push(slab);
  }
}
