import { parseChoice } from '@slowthink/prompts';
import type { ChosenEvent, Usage } from '@slowthink/records';
import type { SearchRequest } from './requests.ts';
import type { Tree } from './tree.ts';

/** The event that answers a `choose` request. Text j chooses for child j; a text with neither word, or none, counts as Reason (meds3: a choice that is neither word). */
export function choiceEvent(tree: Tree, request: SearchRequest, texts: readonly string[], usage: Usage): ChosenEvent {
  return {
    type: 'chosen', v: 1, questionId: tree.questionId, treeId: tree.treeId, expansion: request.expansion, parentId: request.parentId,
    actions: request.children.map((_, place) => parseChoice(texts[place] ?? '')), requestId: request.id, usage: { ...usage, choices: usage.requests },
  };
}
