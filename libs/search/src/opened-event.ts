import { hashSeed, treeIdOf, type OpenedEvent, type PolicyIdentity, type QuestionRecord, type SearchSettings } from '@slowthink/records';

export interface Opening {
  readonly question: QuestionRecord;
  readonly run: string; // id of the run
  readonly settingsHash: string;
  readonly seed: number; // of the run
  readonly policy: PolicyIdentity;
  readonly search: SearchSettings;
}

/** The first event of a tree. treeId = hash(run, question, attempt); tree seed = hash(run seed, treeId): neither depends on any other question (law 6). */
export function openedEvent({ question, run, settingsHash, seed, policy, search }: Opening): OpenedEvent {
  const treeId = treeIdOf(run, question.id, question.attempt);
  return {
    type: 'opened', v: 1, questionId: question.id, treeId, dataset: question.dataset, split: question.split, role: question.role, attempt: question.attempt, run, settingsHash,
    seed: hashSeed(seed, treeId), policy: { model: policy.model, revision: policy.revision }, search, prompt: question.prompt, gold: question.gold,
  };
}
