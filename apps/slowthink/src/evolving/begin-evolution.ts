import { FaultError } from '@slowthink/faults';
import type { DoneRecord } from '@slowthink/evolution';
import { commandSettingsFile } from './command-settings.ts';
import type { EvolutionFile } from './evolution-folder.ts';
import type { Evolution } from './evolution.ts';
import { sourcesOf } from './open-evolution.ts';

export interface Seen { readonly began: EvolutionFile | undefined; readonly done: ReadonlyMap<string, DoneRecord> }

/**
 * Writes what the folder holds for good, and what its commands are started with. For the holder of the folder's lock alone: what was read before the lock (`seen`), between which and now another start may have come and gone, has to be there
 * still. DIR_IN_USE: it is not.
 */
export async function beginEvolution(evolution: Pick<Evolution, 'folder' | 'pinned' | 'forCommands' | 'pool' | 'dev' | 'base'>, seen: Seen): Promise<void> {
  const { folder, pinned, forCommands } = evolution;
  const began = folder.read(), { done } = folder.records();
  if (JSON.stringify(began) !== JSON.stringify(seen.began) || done.size !== seen.done.size) throw new FaultError('DIR_IN_USE', `Another start of "slowthink evolve" wrote in ${folder.dir} while this one was made ready.`, { hint: 'The same command, given again, sees what is there now.' });
  const file: EvolutionFile = { v: 1, settings: pinned, sources: began?.sources ?? sourcesOf(evolution) };
  if (JSON.stringify(file) !== JSON.stringify(began)) await folder.begin(file);
  await folder.writeJson(commandSettingsFile, forCommands.file);
}
