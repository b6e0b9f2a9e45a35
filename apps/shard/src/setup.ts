import { labelsIdOf } from '@slowthink/labels';
import { topics, type PartRecord } from '@slowthink/records';
import { bindStage } from '@slowthink/runtime';
import { removeUnlisted } from '@slowthink/tables';
import { readTopic, stageProcess } from '@slowthink/wiring';
import { shard } from './stage.ts';

const quietMs = 1000; // a part is written when no chain has come for this long

/** shard in a process: removes what a killed process left unlisted, then writes parts into the run's folder. */
export const shardProcess = stageProcess({
  name: shard.name,
  needsPolicy: false,
  setup: async ({ broker, labels, observer, paths, settings }) => {
    const listed: PartRecord[] = [];
    for await (const { value } of readTopic<PartRecord>(broker, topics.parts, 'part')) listed.push(value);
    await removeUnlisted(paths.parts, listed);
    return bindStage({ stage: shard, deps: { folder: paths.parts, labels: labelsIdOf(labels!), rowsPerPart: settings['tables.rowsPerPart'], quietMs, giveUpMs: settings['models.giveUpMs'], observer }, credits: {}, calls: [] });
  },
});
