import type { Broker } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';
import { readLag } from '@slowthink/runtime';
import { checkImported, flows, isImported, runPaths, type RunFile } from '@slowthink/wiring';

/**
 * Refuses a data set of imported trees of which a part is not there yet, since a part of a file would look like all of it; folders of a search are sealed as far as they are. `parts`: the labelled parts are wanted, not the trees alone.
 * IMPORT_UNFINISHED.
 */
export async function checkWhole(broker: Broker, run: RunFile, dir: string, { parts }: { readonly parts: boolean }): Promise<void> {
  if (!isImported(run)) return;
  await checkImported(broker, dir);
  if (!parts || !broker.exclusive) return; // offsets of a Kafka have holes
  const unread = (await readLag(broker, flows.run.stages)).reduce((sum, { lag }) => sum + lag, 0);
  if (unread > 0) throw new FaultError('IMPORT_UNFINISHED', `${unread} records of ${runPaths(dir).dir} are not labelled and written yet: the import was interrupted behind its last row.`, { hint: `Finish it with the command that began it, or with: slowthink run label shard --dir ${runPaths(dir).dir}` });
}
