import { searchOfRound, type Step } from '@slowthink/evolution';
import { FaultError } from '@slowthink/faults';
import { withoutCredentials } from '@slowthink/wiring';
import type { Evolution } from './evolution.ts';
import { passedTo, runOfStep } from './passed-flags.ts';
import { runCommand } from './run-command.ts';
import { usageInLog } from './usage-in-log.ts';
import { waitForFolder } from './wait-for-folder.ts';
import { hashOf, mend, usedPolicy, type Done, type Work } from './work.ts';

interface RunSaid { readonly requests: number; readonly tokens: number; readonly samples: number; readonly drained: boolean; readonly rows?: { readonly [kind: string]: number }; readonly trees?: number; readonly kept?: number | null; readonly dataset?: string | null; readonly faults: { readonly [code: string]: number } }

/** A search by the policy of the round before, or the tries of a curriculum before it. DATASET_EMPTY: nothing came of it. */
export function exploringWork({ round, id }: Step, name: 'curriculum' | 'run', evolution: Evolution, done: Done, policy: string): Work {
  const { folder, recipe, values, sizes } = evolution;
  const from = name === 'run' && done.has(`${round}-curriculum`) ? `rounds/${round}/curriculum/curriculum.jsonl` : `rounds/${round}/questions.jsonl`;
  const dir = `rounds/${round}/${name}`, made = name === 'run' ? `${dir}/dataset` : `${dir}/curriculum.jsonl`;
  const command = [name, '--questions', folder.path(from), '--policy', policy, '--recipe', searchOfRound(recipe, round), '--seed', String(values.seed), '--limit', 'all', '--dir', folder.path(dir), ...passedTo(name, id, evolution), '--json'];
  const questions = Number(done.get(`${round}-curriculum`)?.facts['kept'] ?? sizes.questions(round));
  return {
    command: ['slowthink', ...command.map(withoutCredentials)], used: { [from]: hashOf(done, from), ...usedPolicy(evolution, done, round - 1, policy) }, makes: [made], units: name === 'run' ? questions : sizes.questions(round), job: null,
    perform: async (watch) => {
      await waitForFolder(folder.path(dir), watch.onLine, watch.signal);
      const { requests, tokens, samples, drained, rows, trees, kept, dataset, faults } = await runCommand<RunSaid>(command, watch, evolution.forCommands.env);
      if (!drained && name === 'run' && (dataset ?? null) === null) throw new FaultError('DATASET_EMPTY', `Round ${round} made no row: none of its ${questions} questions came to a finished chain.`, { hint: `"slowthink inspect faults --dir ${folder.path(dir)}" shows why. ${mend}` });
      if (!drained && name === 'curriculum' && kept === 0) throw new FaultError('DATASET_EMPTY', `The curriculum of round ${round} keeps none of ${sizes.questions(round)} questions: the policy is always right.`, { hint: 'Harder questions are needed: begin anew with other --questions and another --dir.' });
      const logged = drained ? undefined : await usageInLog(name, { ...values, dir: folder.path(dir), run: runOfStep(id, evolution) });
      return { drained, requests, tokens, ...(logged === undefined ? {} : { logged }), skipped: null, facts: { samples: Math.max(samples, logged?.samples ?? 0), faults: Object.values(faults).reduce((sum, count) => sum + count, 0), ...(name === 'run' ? { trees: trees ?? 0, ...Object.fromEntries(Object.entries(rows ?? {}).map(([kind, count]) => [`${kind} rows`, count])) } : { kept: kept ?? 0 }) } };
    },
  };
}
