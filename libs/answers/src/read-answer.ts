import type { Gold } from '@slowthink/records';
import { graderOf, type GradeOptions } from './grade.ts';

type WithoutAnswer<Kind> = Kind extends Gold ? Omit<Kind, 'answer' | 'alternatives' | 'tolerance' | 'lower' | 'upper'> : never;

/** What a question allows as an answer: its gold without the answer, for a question whose right answer nobody knows. */
export type Allowed = WithoutAnswer<Gold>;

/** The answer of a text, unjudged. */
export interface AnswerRead {
  /** As it stands in the text. */
  readonly answer: string;
  /** Equal answers have one: "B" and "B. Nitroglycerin", "0.72 g" and "720 mg". Of several answers all, "A | C". */
  readonly normalised: string;
  /** The text states more than one, so it has decided for none. */
  readonly several: boolean;
}

/**
 * A gold whose answer is none, for what looks at a gold only to know what the question allows: `statesAnswer` (law 8 says that it never looks further), and the readers below. Never to judge by: its answer is made up.
 */
export function unanswered(allowed: Allowed): Gold {
  switch (allowed.kind) {
    case 'choice': return { kind: 'choice', answer: allowed.options[0]!.letter, options: allowed.options };
    case 'text': return { kind: 'text', answer: allowed.options[0]!, options: allowed.options };
    case 'yes-no-maybe': return { kind: 'yes-no-maybe', answer: 'maybe' };
    case 'digit': return { kind: 'digit', answer: allowed.classes?.[0]?.digit ?? '0', ...(allowed.classes === undefined ? {} : { classes: allowed.classes }) };
    case 'number': return { kind: 'number', answer: 0, unit: allowed.unit, tolerance: 0 };
    case 'name': return { kind: 'name', answer: allowed.names?.[0] ?? '', ...(allowed.names === undefined ? {} : { names: allowed.names }) };
    case 'span': case 'open': return { kind: allowed.kind, answer: '' };
  }
}

/**
 * The answer that a text states, read as the grader reads it, without judging: undefined where it finds none, and for the kind `open`. Its `normalised` is the one of `grade`, whatever gold that has, but for what only a gold
 * can tell: that a synonym is meant by a name, or where among free words a span ends that says what the gold says.
 */
export const readAnswer = (text: string, allowed: Allowed, options: GradeOptions = {}): AnswerRead | undefined => readerOf(allowed)(text, options);

/** `readAnswer` for many texts of one question: what the question allows is read once. */
export function readerOf(allowed: Allowed): (text: string, options?: GradeOptions) => AnswerRead | undefined {
  const grade = graderOf(unanswered(allowed));
  return (text, options = {}) => {
    const { status, answer, normalised, why } = grade(text, options);
    return status === 'none' ? undefined : { answer, normalised, several: why === 'several answers' };
  };
}
