import { canGrade } from '@slowthink/answers';
import { FaultError } from '@slowthink/faults';
import { questionText } from '@slowthink/prompts';
import type { QuestionRecord, SearchSettings } from '@slowthink/records';

/** Why a question gets no search, and how it is counted. */
export interface Refusal {
  readonly fault: FaultError;
  readonly verdict: 'dropped' | 'failed';
}

const bytesPerToken = 4; // an estimate: no tokenizer of a server is at hand

/**
 * What a search says to a question before any request; undefined: it begins. A question whose answers nobody judges is dropped, QUESTION_NO_GRADER (`judged`: a program or a chat model judges all of them); one
 * that is too long, its history counted, has failed, QUESTION_TOO_LONG (arXiv 2501.12051, 8,192 tokens; here bytes / 4).
 */
export function refusalOf({ id, prompt, gold }: QuestionRecord, { questionTokensMax }: Pick<SearchSettings, 'questionTokensMax'>, judged: boolean): Refusal | undefined {
  if (!judged && !canGrade(gold)) return { verdict: 'dropped', fault: new FaultError('QUESTION_NO_GRADER', `${id} wants an answer of kind ${gold.kind}.`) };
  const tokens = Math.ceil(Buffer.byteLength(questionText(prompt)) / bytesPerToken);
  return tokens <= questionTokensMax ? undefined : { verdict: 'failed', fault: new FaultError('QUESTION_TOO_LONG', `${id} has about ${tokens} tokens; at most ${questionTokensMax} are allowed.`) };
}
