import type { Hashes } from '@slowthink/evolution';
import { withoutCredentials } from '@slowthink/wiring';
import { trainedIn, type Evolution } from './evolution.ts';
import { passedTo, runOfStep } from './passed-flags.ts';
import { runCommand } from './run-command.ts';
import { usageInLog } from './usage-in-log.ts';
import { waitForFolder } from './wait-for-folder.ts';
import { nameAndHash, usedPolicy, type Done, type Work } from './work.ts';

interface DevSaid { readonly process: { readonly requests: number; readonly drained: boolean }; readonly tokens?: { readonly prompt: number; readonly generated: number }; readonly items?: number; readonly failed?: number; readonly candidates?: number }

/** A round's policy and scorer on dev: the same items and seed in every round, so that gains are paired. */
export function measuringWork(round: number, evolution: Evolution, done: Done, policy: string, scorer: string): Work {
  const { folder, recipe, values, dev, sizes } = evolution;
  const dir = `rounds/${round}/dev`;
  const command = ['evaluate', '--items', ...values['evolve.dev'], '--policy', policy, '--scorer', scorer, '--recipe', recipe.asking[round === 0 ? 0 : 1], '-n', String(values['evaluate.samples']), '--seed', String(values.seed), '--limit', values['evolve.devLimit'] === null ? 'all' : String(values['evolve.devLimit']), '--dir', folder.path(dir), ...passedTo('evaluate', `${round}-dev`, evolution), '--json'];
  const scored: Hashes = round === 0 ? { 'base scorer': withoutCredentials(scorer) } : nameAndHash(trainedIn(folder, done, round, 'prm'));
  return {
    command: ['slowthink', ...command.map(withoutCredentials)], used: { 'dev items': dev.sha256, ...usedPolicy(evolution, done, round, policy), ...scored }, makes: [`${dir}/results/items.jsonl`], units: sizes.devItems * sizes.samples, job: null,
    perform: async (watch) => {
      await waitForFolder(folder.path(dir), watch.onLine, watch.signal);
      const { process: { requests, drained }, tokens, items, failed } = await runCommand<DevSaid>(command, watch, evolution.forCommands.env);
      const logged = drained ? undefined : await usageInLog('evaluate', { ...values, dir: folder.path(dir), run: runOfStep(`${round}-dev`, evolution) });
      return { drained, requests, ...(logged === undefined ? {} : { logged }), tokens: drained || tokens === undefined ? 0 : tokens.prompt + tokens.generated, skipped: null, facts: drained ? {} : { items: items ?? 0, failed: failed ?? 0, policy: withoutCredentials(policy), scorer: withoutCredentials(scorer) } };
    },
  };
}
