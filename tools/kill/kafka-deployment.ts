// Each stage a process of its own, on a real Kafka.
import { openLog, readSettings } from '@slowthink/wiring';
import { runFolder, type Command, type Deployment, type Place } from './deployment.ts';
import { environment, partitions, runFlags } from './small-run.ts';

const stages = [{ name: 'expand', asking: 1 }, { name: 'rollout', asking: 1 }, { name: 'label', asking: 0 }, { name: 'shard', asking: 0 }] as const;

/** After so long without a heartbeat a worker loses its partitions. */
export const sessionMs = 6000;

/** Names of the commands that work at the same time. */
export const stageCommands: readonly string[] = stages.map(({ name }) => name);

/** Names of the commands of a deployment on Kafka. */
export const kafkaCommands: readonly string[] = ['import', ...stageCommands, 'seal'];

/** Import, then `workers` processes a stage ("rollout", "rollout-2", …), then the sealing; all of them share the run folder. */
export function kafkaDeployment(bootstrap: string, workers = 1): Deployment {
  const where = (place: Place): readonly string[] => ['--broker', `kafka://${bootstrap}`, '--run', place.run, '--dir', runFolder(place)];
  const command = (name: string, asking: number, args: readonly string[]): Command => ({ name, asking, args, env: { ...environment, SLOWTHINK_KAFKA_SESSION_TIMEOUT: `${sessionMs}ms` } });
  return {
    name: 'kafka',
    groups: (place) => [
      [command('import', 0, ['import', '--questions', `${place.folder}/questions.jsonl`, '--partitions', String(partitions), ...where(place)])],
      stages.flatMap(({ name, asking }) => Array.from({ length: workers }, (_, index) => command(index === 0 ? name : `${name}-${index + 1}`, asking, ['run', name, '--policy', place.policy, '--json', ...runFlags, ...where(place)]))),
      [command('seal', 0, ['seal', '--json', ...where(place)])],
    ],
    openLog: (place) => openLog(readSettings({ flags: { '--broker': `kafka://${bootstrap}`, '--run': place.run, '--dir': runFolder(place) }, env: {}, remember: false }).values, 'read'),
  };
}
