import { mergeItem } from '@slowthink/evaluation';
import { FaultError } from '@slowthink/faults';
import type { VerdictsRecord } from '@slowthink/records';
import { readItems } from '@slowthink/results';

/** `sha256`: what the file must have; undefined: whatever it holds. */
export interface ItemsFile { readonly path: string; readonly sha256?: string | undefined }

interface Open { readonly path: string; readonly rest: AsyncGenerator<VerdictsRecord>; head: VerdictsRecord | undefined }

/**
 * The items of several results files as one, in the order of their ids: parts of one set (--shard), or more candidates of the same items from another seed. Files are in that order, so that one item of each is in memory.
 * RESULTS_BROKEN for a file that is not; EVALUATION_MIXED, EVALUATION_ITEMS_DIFFER where two do not belong together.
 */
export async function* mergedItems(files: readonly ItemsFile[]): AsyncGenerator<VerdictsRecord> {
  const open = await Promise.all(files.map(async ({ path, sha256 }): Promise<Open> => { const rest = readItems(path, { sha256 }); return { path, rest, head: (await rest.next()).value as VerdictsRecord | undefined }; }));
  for (;;) {
    const heads = open.flatMap(({ head }) => head ?? []);
    if (heads.length === 0) return;
    const next = heads.reduce((least, { item: { id } }) => (id < least ? id : least), heads[0]!.item.id);
    const same = open.filter(({ head }) => head?.item.id === next);
    yield same.map(({ head }) => head!).reduce(mergeItem);
    await Promise.all(same.map(advance));
  }
}

async function advance(file: Open): Promise<void> {
  const before = file.head!.item.id;
  file.head = (await file.rest.next()).value as VerdictsRecord | undefined;
  if (file.head !== undefined && file.head.item.id <= before) throw new FaultError('RESULTS_BROKEN', `${file.path} is not in the order of item ids: ${file.head.item.id} stands behind ${before}.`);
}
