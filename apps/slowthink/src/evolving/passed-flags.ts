import { createHash } from 'node:crypto';
import type { Setting } from '@slowthink/settings';
import { runSettings } from '@slowthink/wiring';
import type { Evolution } from './evolution.ts';

const takenBy = { curriculum: /^(?:preset|broker|models\.)/, run: /^(?:preset|broker|models\.)/, evaluate: /^(?:evaluate\.draws|broker|models\.)/ } as const;

/** Flags of models and searches, as they were given; on a Kafka every command is a run of its own. What an evolution takes of its files is decided here, and its budget too, whatever the environment says. */
export function passedTo(command: keyof typeof takenBy, id: string, { passed, values, config, folder }: Evolution): readonly string[] {
  const flags = [...passed].flatMap(([key, text]) => (takenBy[command].test(key) ? [(runSettings[key] as Setting).flag!, text] : []));
  const run = values.broker === 'sqlite' ? [] : ['--run', `${values.run ?? `evolve-${createHash('sha256').update(folder.dir).digest('hex').slice(0, 8)}`}-${id}`];
  return [...flags, ...run, '--limit-per-set', 'none', '--shard', 'none', '--budget-tokens', 'none', ...(config === undefined ? [] : ['--config', config])];
}
