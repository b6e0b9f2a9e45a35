import { FaultError } from '@slowthink/faults';

/**
 * The settled counter of one topic and partition. Records are delivered in order and settled in any order;
 * what a restart must read again is `next` on, and the `unsettled` offsets below it.
 */
export class Positions {
  #outstanding = new Set<number>(); // delivered in this life, not settled
  #next: number; // highest settled offset + 1
  #delivered: number; // highest delivered offset + 1

  constructor(position: { readonly next: number; readonly unsettled: readonly number[] } = { next: 0, unsettled: [] }) {
    this.#next = position.next;
    this.#delivered = position.next;
    for (const offset of position.unsettled) this.#outstanding.add(offset);
  }

  get outstanding(): number { return this.#outstanding.size; }
  /** First offset that was never delivered. */
  get delivered(): number { return this.#delivered; }

  deliver(offset: number): void {
    this.#outstanding.add(offset);
    if (offset >= this.#delivered) this.#delivered = offset + 1;
  }

  /** Everything delivered below `offset` is settled. */
  settledBelow(offset: number): boolean {
    for (const waiting of this.#outstanding) if (waiting < offset) return false;
    return true;
  }

  /** Settling what is not outstanding is LEDGER_BROKEN: a record was settled twice, or never delivered. */
  settle(offset: number): void {
    if (!this.#outstanding.delete(offset)) throw new FaultError('LEDGER_BROKEN', `Offset ${offset} was settled twice, or never delivered.`);
    if (offset >= this.#next) this.#next = offset + 1;
  }

  /** What goes into the progress record. */
  position(): { readonly next: number; readonly unsettled: number[] } {
    const next = this.#next;
    return { next, unsettled: [...this.#outstanding].filter((offset) => offset < next).sort((a, b) => a - b) };
  }
}
