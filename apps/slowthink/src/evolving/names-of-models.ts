import type { DoneRecord } from '@slowthink/evolution';
import { withoutCredentials } from '@slowthink/wiring';
import { policyOf, trainedIn, type Evolution } from './evolution.ts';
import type { NamesOfRounds } from './report-of.ts';
import { servedScorer } from './served-scorer.ts';
import type { Names } from './work.ts';

/** Names for commands: the base as it was given, a trained model as serving names it, which is asked each time: what is served already costs it nothing, and another round may have been served since. SERVING_FAILED. */
export function namesOfModels(evolution: Evolution, done: () => ReadonlyMap<string, DoneRecord>): Names {
  const { folder, serving, scorerServing, values } = evolution;
  return {
    policy: (round, signal) => (round === 0 ? Promise.resolve(values.policy) : serving.serve({ ...policyOf(evolution, done(), round), name: `round-${round}` }, signal)),
    scorer: async (round, signal) => {
      if (round === 0) return values.scorer;
      const trained = trainedIn(folder, done(), round, 'prm');
      return servedScorer(await scorerServing.serve({ ...trained, name: `round-${round}-scorer` }, signal), trained.model);
    },
  };
}

/** Names that the models of each round were measured under. */
export const namesMeasured = (done: ReadonlyMap<string, DoneRecord>): NamesOfRounds => new Map([...done].flatMap(([id, { facts }]) => (
  id.endsWith('-dev') ? [[Number(id.split('-')[0]), { policy: withoutCredentials(String(facts['policy'])), scorer: facts['scorer'] === 'none' ? null : withoutCredentials(String(facts['scorer'])) }] as const] : [])));
