import type { Judgement } from './verdict-of.ts';

const reasons: readonly unknown[] = ['no answer', 'truncated', 'several answers'];
const answerMax = 100_000; // characters

/** What one line of a grading program says, or what is wrong with it: {"id", "verdict": "right" | "wrong" | "none", "answer"?: text, "why"?: "no answer" | "truncated" | "several answers"}. Other members are not looked at. */
export function readJudgement(value: unknown): Judgement | string {
  const { verdict, answer, why } = value as { readonly verdict?: unknown; readonly answer?: unknown; readonly why?: unknown };
  if (verdict !== 'right' && verdict !== 'wrong' && verdict !== 'none') return `its verdict is ${short(verdict)}; right, wrong or none is wanted`;
  if (answer !== undefined && answer !== null && (typeof answer !== 'string' || answer.length > answerMax)) return `its answer is ${short(answer)}; a text of at most ${answerMax} characters is wanted`;
  if (why !== undefined && why !== null && !reasons.includes(why)) return `its why is ${short(why)}; ${reasons.join(', ')} are known`;
  if (typeof why === 'string' && (verdict === 'right' || (verdict === 'wrong' && why !== 'several answers'))) return `it says ${verdict} because of ${short(why)}`;
  const named = typeof answer === 'string' && /[^\s]/.test(answer);
  return { status: verdict, ...(typeof why === 'string' ? { why: why as NonNullable<Judgement['why']> } : {}), ...(named ? { answer } : {}) };
}

const short = (value: unknown): string => { const text = JSON.stringify(value) ?? 'missing'; return text.length > 60 ? `${text.slice(0, 59)}…` : text; };
