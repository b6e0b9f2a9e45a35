import type { Verdict } from '@slowthink/records';
import { keyAnswer } from './answer-key.ts';
import type { VerifyRequest } from './verifier.ts';

/** What a program or a judge said of one answer. */
export interface Judgement {
  readonly status: Verdict['status'];
  /** Default: truncated where the text is, else no answer. Only with status none, or "several answers" with wrong. */
  readonly why?: NonNullable<Verdict['why']>;
  /** The answer in the grader's words, where it names one. */
  readonly answer?: string;
}

/** The one verdict type, with the kind of the grader as its rule. A verdict `none` has no answer and no key. */
export function verdictOf({ gold, text, truncated }: VerifyRequest, { status, why, answer }: Judgement, rule: 'command' | 'judge'): Verdict {
  if (status === 'none') return { status, why: why ?? (truncated ? 'truncated' : 'no answer'), answer: '', normalised: '', rule };
  return { status, ...(why === undefined ? {} : { why }), ...keyAnswer(gold, text, answer), rule };
}
