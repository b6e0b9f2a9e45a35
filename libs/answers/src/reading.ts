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

/** Words that end an answer given in words: what they begin is a reason, not a part of it. */
export const AFTER_WORDS = 'because|since|as|due|given|based|which|but|so|if|unless|according|considering|rather|instead|I';

/** Words that may follow a letter; other words make it part of a name ("B cells") or an article ("A man"). */
export const AFTER_LETTER = `${AFTER_WORDS}|for|that|not|with|in|from|while|where|when|and|or|nor|is|to|at|by|on|over|here`;

/** How one kind of answer is read. */
export interface Readers {
  readonly read: Reader;
  /** Looks on in the sentence of a cue behind which `read` finds nothing: "The answer is sublingual nitrates (C)". */
  readonly readLater?: Reader;
  /** Any words are an answer, so that words alone do not tell an answer from prose. */
  readonly open?: boolean;
  /** What announces an answer of this kind alone ("Diagnosis:", "the dose is"), besides the cues of all kinds; global, and linear. Weak cues. */
  readonly cues?: RegExp;
}
