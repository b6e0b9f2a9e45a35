// Where items stand in a column: set after set by name, within a set by id. So the order in which items came changes no number.
import { FaultError } from '@slowthink/faults';
import type { ItemColumns } from './columns.ts';

export interface SetPlace { readonly name: string; readonly from: number; readonly to: number /* exclusive */ }

export interface Layout { readonly items: readonly ItemColumns[]; readonly sets: readonly SetPlace[] }

/** Sets below this size are left out of the third average. */
export const LARGE_SET = 100;

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** `empty`: sets that have no item but must be named. EVALUATION_EMPTY without any item, EVALUATION_ITEM_TWICE for two with one id. */
export function layOut(columns: Iterable<ItemColumns>, empty: readonly string[] = []): Layout {
  const items = [...columns].toSorted((a, b) => byCodeUnits(a.set, b.set) || byCodeUnits(a.id, b.id));
  if (items.length === 0) throw new FaultError('EVALUATION_EMPTY', 'There is no judged item, so there is nothing to count.');
  const counts = new Map<string, number>([...new Set([...empty, ...items.map(({ set }) => set)])].toSorted(byCodeUnits).map((name) => [name, 0]));
  for (const [at, { set, id }] of items.entries()) {
    if (at > 0 && items[at - 1]!.set === set && items[at - 1]!.id === id) throw new FaultError('EVALUATION_ITEM_TWICE', `Item ${id} of set ${set} stands twice among the verdicts.`);
    counts.set(set, counts.get(set)! + 1);
  }
  let from = 0;
  return { items, sets: Array.from(counts, ([name, count]) => ({ name, from, to: from += count })) };
}

/** One number an item, in the order of the layout. */
export const columnOf = ({ items }: Layout, of: (item: ItemColumns, at: number) => number): Float64Array => Float64Array.from(items, of);
