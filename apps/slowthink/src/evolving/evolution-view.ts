import { stepsOfRound, type EvolutionRecipe, type Step } from '@slowthink/evolution';
import { createDisplay, fitLine, fitParts, formatCount, formatDuration, formatRate, type Display } from '@slowthink/telemetry';
import type { StepWatch } from './work.ts';

/** What the present step says of itself. */
interface Current { readonly what: string; readonly rate: string; readonly done: number | null; readonly total: number | null; readonly loss: number | null; readonly tokensPerSecond: number | null; readonly leftMs: number | null }

const nothing: Current = { what: '', rate: '', done: null, total: null, loss: null, tokensPerSecond: null, leftMs: null };

export interface EvolutionView extends Display {
  /** A step begins; `leftMinutes`: of all steps that come after it, null where nobody knows. */
  begin(step: Step, estimateMinutes: number | null, leftMinutes: number | null): void;
  end(step: Step): void;
  readonly watch: Pick<StepWatch, 'onProgress' | 'onLine' | 'onTraining'>;
}

/** Rounds, steps, and what the present one does: a live block on a terminal, a JSON line every five seconds elsewhere. */
export function evolutionView(recipe: EvolutionRecipe, rounds: number, done: Iterable<string>, stream: NodeJS.WriteStream = process.stderr): EvolutionView {
  const ended = new Set(done);
  const started = performance.now();
  let step: Step | undefined, stepFrom = started, estimateMs: number | null = null, laterMs: number | null = null;
  let current = nothing;

  const stepLeftMs = (): number | null => current.leftMs ?? (estimateMs === null ? null : Math.max(0, estimateMs - (performance.now() - stepFrom)));
  const leftMs = (): number | null => { const own = stepLeftMs(); return own === null || laterMs === null ? null : own + laterMs; };
  const roundText = (round: number): string => stepsOfRound(recipe, round).map(({ id, name }) => `${ended.has(id) ? '●' : id === step?.id ? '◐' : '○'} ${name}`).join('  ');
  const lines = (columns: number): readonly string[] => {
    const left = leftMs();
    return [
      fitParts([step === undefined ? 'evolution' : `${step.round === 0 ? 'base' : `round ${step.round} of ${rounds}`}: ${step.name}`, `${formatDuration(performance.now() - started)} so far`, left === null ? 'time left n/a' : left < 1000 ? 'nearly done' : `about ${formatDuration(left)} left`], columns),
      ...Array.from({ length: rounds + 1 }, (_, round) => fitLine(`${round === 0 ? 'base' : `round ${round}`}`.padEnd(10) + roundText(round), columns)),
      ...(current.what === '' ? [] : [fitParts([`now       ${current.what}`, current.rate, ...(current.leftMs === null ? [] : [`${formatDuration(current.leftMs)} left`])].filter((part) => part !== ''), columns)]),
    ];
  };
  const record = (): object => ({
    elapsedMs: Math.round(performance.now() - started), round: step?.round ?? null, rounds, step: step?.name ?? null, steps: { done: ended.size, total: Array.from({ length: rounds + 1 }, (_, round) => stepsOfRound(recipe, round).length).reduce((sum, count) => sum + count, 0) },
    doing: current.what === '' ? null : current.what, done: current.done, total: current.total, loss: current.loss, tokensPerSecond: current.tokensPerSecond, stepLeftMs: rounded(stepLeftMs()), etaMs: rounded(leftMs()),
  });
  const interactive = stream.isTTY === true;
  const display = createDisplay({ stream, interactive, everyMs: interactive ? 250 : 5000, lines, record });
  return {
    ...display,
    begin(next, estimateMinutes, leftMinutes) {
      [step, stepFrom, current] = [next, performance.now(), nothing];
      estimateMs = estimateMinutes === null ? null : estimateMinutes * 60_000;
      laterMs = leftMinutes === null ? null : leftMinutes * 60_000;
    },
    end({ id }) { ended.add(id); current = nothing; },
    watch: {
      onProgress: (line) => { current = ofCommand(line); },
      onTraining: ({ phase, step: at, steps, loss, tokensPerSecond, secondsLeft }) => {
        current = { what: phase === 'training' ? `update ${formatCount(at)} of ${formatCount(steps)}${loss === null ? '' : `, loss ${loss.toFixed(3)}`}` : phase, rate: tokensPerSecond === null ? '' : `${formatRate(tokensPerSecond)} tokens/s`, done: at, total: steps, loss, tokensPerSecond, leftMs: secondsLeft === null ? null : secondsLeft * 1000 };
      },
      onLine: (text) => display.log(text),
    },
  };
}

const rounded = (ms: number | null): number | null => (ms === null ? null : Math.round(ms));

/** A progress line of a command, as libs/telemetry writes it. */
function ofCommand(line: { readonly [name: string]: unknown }): Current {
  const { questions, tokensPerSecond, etaMs, paused } = line as { readonly questions?: { readonly done: number; readonly total: number | null }; readonly tokensPerSecond?: number; readonly etaMs?: number | null; readonly paused?: { readonly code: string } | null };
  const done = questions?.done ?? null, total = questions?.total ?? null;
  return {
    what: paused ? `paused: ${paused.code}` : done === null ? '' : `${formatCount(done)}${total === null ? '' : ` of ${formatCount(total)}`} questions`, rate: tokensPerSecond === undefined ? '' : `${formatRate(tokensPerSecond)} tokens/s`,
    done, total, loss: null, tokensPerSecond: tokensPerSecond ?? null, leftMs: etaMs ?? null,
  };
}

