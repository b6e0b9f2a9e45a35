import { FaultError } from '@slowthink/faults';
import type { Evolution } from './evolution.ts';

const hint = 'Serve whole models: "restart:URL PROGRAM … {model} {name}" (docs/serving.md), or embedded.';

/**
 * An adapter is right over the very weights that it was trained on, and a server lays it over its base. Where a training starts from weights that only this evolution has, a merged predecessor, the server would answer with another model than the
 * one that was trained: SERVING_FAILED, before anything is asked.
 */
export function refuseAdapters({ recipe, rounds, serving, scorerServing, values }: Pick<Evolution, 'recipe' | 'rounds' | 'serving' | 'scorerServing' | 'values'>): void {
  const refuse = (flag: string, name: string, why: string, more = ''): never => { throw new FaultError('SERVING_FAILED', `${flag} ${name} serves LoRA adapters over the base of the server, and ${why}.`, { hint: `${hint}${more}` }); };
  if (serving.weights === 'adapter') {
    if (values['evolve.baseAdapter'] !== null) refuse('--serving', serving.name, '--base-adapter is merged into the base that is trained: the server has it without');
    if (recipe.preference) refuse('--serving', serving.name, `DPO of ${recipe.name} trains its adapter on what SFT made`);
    if (recipe.policyFrom === 'previous' && rounds > 1) refuse('--serving', serving.name, 'from round 2 on an adapter is trained on the policy of the round before', ' One round goes: --rounds 1.');
  }
  if (scorerServing.weights === 'adapter') refuse('--scorer-serving', scorerServing.name, 'every step scorer is trained on the new policy');
}
