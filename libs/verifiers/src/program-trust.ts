/**
 * Different items in a row without a verdict, each asked twice, after which it is the program. An item that a program cannot judge is rare and does not come with seven others and no good one between: were every tenth
 * of that kind, eight in a row would be one in a hundred million. What is lost to a broken program before it is found out: seven items.
 */
export const itemFaultsMax = 8;

/**
 * Tells a program that breaks on some items from one that is broken. It counts the items that had no verdict since the last verdict; at `itemFaultsMax` of them the program is not believed any more, until a verdict comes.
 * Trial items are none: a program that judges those two and nothing else is what this is for.
 */
export class ProgramTrust {
  readonly #failed = new Set<string>();
  /** When the program was found out, in the milliseconds of the clock; undefined while it is believed. */
  #lostMs: number | undefined;

  get lostMs(): number | undefined { return this.#lostMs; }
  get failed(): number { return this.#failed.size; }

  /** An item, known by `key`, had no verdict twice. True: it is the item's own fault; false: the program's. */
  itemFailed(key: string, nowMs: number): boolean {
    this.#failed.add(key);
    if (this.#failed.size >= itemFaultsMax) this.#lostMs ??= nowMs;
    return this.#lostMs === undefined;
  }

  /** A verdict came; true: the program was not believed before. */
  judged(): boolean {
    const lost = this.#lostMs !== undefined;
    this.#failed.clear();
    this.#lostMs = undefined;
    return lost;
  }
}
