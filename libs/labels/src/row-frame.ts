// Columns are TRL's, so that trainers take the files unmapped; ids stand beside them so that every row can be traced.
import type { PairRecord, TrajectoryRecord } from '@slowthink/records';

/** The columns that all kinds of rows share. A benchmark question goes to `test` and says so in every row. */
export function rowFrame(record: TrajectoryRecord | PairRecord) {
  const { questionId, treeId, ordinal, dataset, role, run, recipe, labels, labelsHash, settingsHash, seed, policy, gold, stepping, reflects } = record;
  const benchmark = role === 'benchmark';
  return {
    question_id: questionId, tree_id: treeId, ordinal, dataset, split: benchmark ? 'test' : 'train', role, benchmark, run, recipe, labels_recipe: labels, labels_hash: labelsHash, settings_hash: settingsHash, seed,
    policy_model: policy.model, policy_revision: policy.revision, gold, stepping, reflects,
  } as const;
}

/** Those of a chain beside them. id = question/tree/leaf. */
export function chainFrame(trajectory: TrajectoryRecord) {
  const { questionId, treeId, leafId, answer, unsimulated, steps } = trajectory;
  return { id: `${questionId}/${treeId}/${leafId}`, leaf_id: leafId, final_answer: answer, unsimulated, node_ids: steps.map(({ nodeId }) => nodeId), request_ids: steps.map(({ requestId }) => requestId), ...rowFrame(trajectory) } as const;
}

/** Those of a pair. id = question/tree/chosen node/rejected node. */
export function pairFrame(pair: PairRecord) {
  const { questionId, treeId, kind, gap, chosen, rejected } = pair;
  return {
    id: `${questionId}/${treeId}/${chosen.nodeId}/${rejected.nodeId}`, pair_kind: kind, gap, chosen_id: chosen.nodeId, rejected_id: rejected.nodeId, chosen_value: chosen.value, rejected_value: rejected.value,
    chosen_depth: chosen.steps.length, rejected_depth: rejected.steps.length, chosen_answer: chosen.answer, rejected_answer: rejected.answer,
    chosen_node_ids: chosen.steps.map(({ nodeId }) => nodeId), rejected_node_ids: rejected.steps.map(({ nodeId }) => nodeId),
    chosen_request_ids: chosen.steps.map(({ requestId }) => requestId), rejected_request_ids: rejected.steps.map(({ requestId }) => requestId), ...rowFrame(pair),
  } as const;
}
