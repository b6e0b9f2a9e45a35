import type { StoredRecord } from '@slowthink/broker';
import { labelsIdOf } from '@slowthink/labels';
import { topics, type PartRecord } from '@slowthink/records';
import { bindStage } from '@slowthink/runtime';
import { diskFiles, removeUnlisted } from '@slowthink/tables';
import { checkSharedFolder, invalidRecord, readTopic, stageProcess } from '@slowthink/wiring';
import { shard } from './stage.ts';

const quietMs = 1000; // a part is written when no chain has come for this long

/** shard in a process: writes parts into the run's folder, and for each partition it claims removes first what a killed or fenced worker left unlisted there. DIR_NOT_SHARED. */
export const shardProcess = stageProcess({
  name: shard.name,
  needsPolicy: false,
  setup: async ({ broker, labels, observer, paths, settings }) => {
    await checkSharedFolder(broker, paths.dir);
    const survey = (): Promise<readonly string[]> => diskFiles.list(paths.parts);
    const clear = async (partition: number, among: readonly string[]): Promise<void> => {
      const listed: PartRecord[] = [];
      let unread = 0; // a record that is none may have listed a part: nothing is removed then
      const invalid = (stored: StoredRecord, error: unknown): void => { unread++; observer({ kind: 'note', level: 'warn', message: invalidRecord(stored, error) }); };
      for await (const { value } of readTopic<PartRecord>(broker, topics.parts, 'part', { partition, invalid })) listed.push(value);
      if (unread === 0) await removeUnlisted(paths.parts, listed, { partition, among });
    };
    return bindStage({ stage: shard, deps: { folder: paths.parts, labels: labelsIdOf(labels!), rowsPerPart: settings['tables.rowsPerPart'], quietMs, giveUpMs: settings['models.giveUpMs'], observer, survey, clear }, credits: {}, calls: [] });
  },
});
