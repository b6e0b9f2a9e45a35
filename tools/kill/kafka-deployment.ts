// Each stage a process of its own, on a real Kafka.
import { openLog, readSettings } from '@slowthink/wiring';
import { runFolder, type Command, type Deployment, type Place } from './deployment.ts';
import { environment, partitions, runFlags } from './small-run.ts';

const stages = [{ name: 'expand', asking: 1 }, { name: 'rollout', asking: 1 }, { name: 'label', asking: 0 }, { name: 'shard', asking: 0 }] as const;

/** Names of the commands of a deployment on Kafka. */
export const kafkaCommands: readonly string[] = ['import', ...stages.map(({ name }) => name), 'seal'];

/** Import, then one process a stage, then the sealing; all of them share the run folder. */
export function kafkaDeployment(bootstrap: string): Deployment {
  const where = (place: Place): readonly string[] => ['--broker', `kafka://${bootstrap}`, '--run', place.run, '--dir', runFolder(place)];
  const command = (name: string, asking: number, args: readonly string[]): Command => ({ name, asking, args, env: { ...environment, SLOWTHINK_KAFKA_SESSION_TIMEOUT: '6s' } });
  return {
    name: 'kafka',
    groups: (place) => [
      [command('import', 0, ['import', '--questions', `${place.folder}/questions.jsonl`, '--partitions', String(partitions), ...where(place)])],
      stages.map(({ name, asking }) => command(name, asking, ['run', name, '--policy', place.policy, '--json', ...runFlags, ...where(place)])),
      [command('seal', 0, ['seal', '--json', ...where(place)])],
    ],
    openLog: (place) => openLog(readSettings({ flags: { '--broker': `kafka://${bootstrap}`, '--run': place.run, '--dir': runFolder(place) }, env: {}, remember: false }).values, 'read'),
  };
}
