import type { ChosenEvent, Usage } from '@slowthink/records';
import type { SearchRequest } from './requests.ts';
import type { Tree } from './tree.ts';

/** The event that answers a `choose` request. Text j chooses for child j; a text whose first word is not "Finish" counts as Reason (meds3: a choice that is neither word). */
export function choiceEvent(tree: Tree, request: SearchRequest, texts: readonly string[], usage: Usage): ChosenEvent {
  return {
    type: 'chosen', v: 1, questionId: tree.questionId, treeId: tree.treeId, expansion: request.expansion, parentId: request.parentId,
    actions: request.children.map((_, place) => readChoice(texts[place] ?? '')), requestId: request.id, usage,
  };
}

/** The first run of letters decides, in any case, whatever marks stand around it. "Finished" and "Finishing" are other words. */
const readChoice = (text: string): 'reason' | 'finish' => (/\p{L}+/u.exec(text)?.[0].toLowerCase() === 'finish' ? 'finish' : 'reason');
