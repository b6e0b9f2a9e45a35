// Columns are TRL's, so that trainers take the files unmapped; ids stand beside them so that every row can be traced.
import type { TrajectoryRecord } from '@slowthink/records';

/** The columns both kinds of row share. id = question/tree/leaf. A benchmark question goes to `test` and says so in every row. */
export function rowFrame(trajectory: TrajectoryRecord) {
  const { questionId, treeId, leafId, ordinal, dataset, role, run, recipe, labels, settingsHash, seed, policy, answer, gold, steps } = trajectory;
  const benchmark = role === 'benchmark';
  return {
    id: `${questionId}/${treeId}/${leafId}`, question_id: questionId, tree_id: treeId, leaf_id: leafId, ordinal, dataset, split: benchmark ? 'test' : 'train', role, benchmark, run, recipe,
    labels_recipe: labels, settings_hash: settingsHash, seed, policy_model: policy.model, policy_revision: policy.revision, final_answer: answer, gold,
    node_ids: steps.map(({ nodeId }) => nodeId), request_ids: steps.map(({ requestId }) => requestId),
  } as const;
}
