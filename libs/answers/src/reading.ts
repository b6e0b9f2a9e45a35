// What a reader makes of the text at one position. Each kind of answer has one reader; cues, lines and assertions all use it.

export interface Reading {
  /** Keys of the answers that stand here, in order and without repeats; more than one: "A or B". */
  readonly keys: readonly string[];
  /** Whether the only key is the gold answer. */
  readonly right: boolean;
  /** The answer as the text gives it. */
  readonly text: string;
  /** First offset behind the answer. */
  readonly end: number;
}

/** Reads an answer that begins exactly at an offset of a tidy text, or finds none there. Looks a bounded number of characters ahead. */
export type Reader = (text: string, at: number) => Reading | undefined;

/** The match of a sticky pattern at an offset. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Words that may follow an answer inside its sentence without being part of it. */
export const FOLLOWING = 'because|since|as|due|for|given|based|which|that|but|so|if|unless|not|with|in|from|according|considering|while|where|when|per|and|or|rather|instead|I|is|to|at|by|on';
