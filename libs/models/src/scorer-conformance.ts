import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScoreRequest, StepScorer } from './policy.ts';

export interface ScorerConformanceOptions {
  /** How far the value of a step may move when steps are added behind it: the same sum at another length may differ in the last bits. Default 1e-4. */
  readonly prefixTolerance?: number;
  /** false for a scorer that answers too fast to be cancelled. Default true. */
  readonly cancels?: boolean;
  /** Steps of a trajectory that is beyond any context. Default 2,000; null for a scorer without a context. */
  readonly stepsTooMany?: number | null;
  readonly timeoutMs?: number;
}

const sentences = ['Multiply 12 by 5.', 'The weight is 44 lb, which is 20 kg.', 'It is given in 4 doses a day, so divide 240 by 4.', 'µg become mg: ≥ 1000 of them.', 'The answer is 60 mg.'];

/** A trajectory of the suite: Step 0 and `count` steps; another `question` number, another text. */
export function conformanceTrajectory(count: number, question = 0): ScoreRequest {
  const steps = Array.from({ length: count }, (_, i) => sentences[(i + question) % sentences.length]!);
  return { id: `trajectory-${question}-${count}`, question: `A child of ${12 + question} kg gets 5 mg/kg. How much is one dose?`, steps: ["Let's break down this problem step by step.", ...steps] };
}

/** What every step scorer keeps. `open` is called for each opening; all are closed at the end. */
export function scorerConformance(name: string, open: () => Promise<StepScorer>, options: ScorerConformanceOptions = {}): void {
  const { prefixTolerance = 1e-4, cancels = true, stepsTooMany = 2000, timeoutMs = 60_000 } = options;
  describe(`scorer conformance: ${name}`, { timeout: timeoutMs }, () => {
    let scorer: StepScorer;
    const mixed = Array.from({ length: 12 }, (_, i) => conformanceTrajectory(1 + (i * 5) % 7, i));
    const oneByOne = async (from: StepScorer, requests: readonly ScoreRequest[]) => { const values: (readonly number[])[] = []; for (const request of requests) values.push((await from.score(request)).values); return values; };
    const valuesOf = async (request: ScoreRequest, signal?: AbortSignal): Promise<readonly number[]> => (await scorer.score(request, signal)).values;
    beforeAll(async () => { scorer = await open(); }, timeoutMs);
    afterAll(() => scorer?.close());

    test('says which model and revision it is, the same each time', async () => {
      const first = await scorer.describe();
      expect(first.model).not.toBe('');
      expect(first.revision).not.toBe('');
      expect(await scorer.describe()).toEqual(first);
    });

    test('gives one value from 0 to 1 a step, and none for Step 0', async () => {
      for (const count of [0, 1, 2, 9]) {
        const { values, usage } = await scorer.score(conformanceTrajectory(count));
        expect(values).toHaveLength(count);
        expect(usage.promptTokens + usage.completionTokens > 0, 'what scoring cost is counted').toBe(count > 0);
        for (const value of values) { expect(value).toBeGreaterThanOrEqual(0); expect(value).toBeLessThanOrEqual(1); }
      }
    });

    test('tells different trajectories apart', async () => {
      expect(new Set((await oneByOne(scorer, mixed)).flat()).size).toBeGreaterThan(1);
    });

    test('gives the same values to the bit alone, all at once and in any order (defect: batched scoring reads row 0 for every row)', async () => {
      const alone = await oneByOne(scorer, mixed);
      expect(await Promise.all(mixed.map((request) => valuesOf(request)))).toEqual(alone);
      const same = Array.from({ length: 5 }, () => mixed[3]!);
      expect(await Promise.all(same.map((request) => valuesOf(request)))).toEqual(same.map(() => alone[3]));
      expect((await Promise.all(mixed.toReversed().map((request) => valuesOf(request)))).toReversed()).toEqual(alone);
    });

    test('values a step by what stands before it: steps added behind do not change it', async () => {
      const whole = await valuesOf(conformanceTrajectory(8));
      for (const count of [1, 2, 5, 7]) for (const [k, value] of (await valuesOf(conformanceTrajectory(count))).entries()) expect(Math.abs(value - whole[k]!), `step ${k + 1} of ${count}`).toBeLessThanOrEqual(prefixTolerance);
    });

    test('gives the same values and the same revision when it is opened again', async () => {
      const before = await oneByOne(scorer, mixed.slice(0, 4)), again = await open();
      try {
        expect(await oneByOne(again, mixed.slice(0, 4))).toEqual(before);
        expect(await again.describe()).toEqual(await scorer.describe());
      } finally { await again.close(); }
    });

    test.runIf(stepsTooMany !== null)('refuses a trajectory that is longer than its context, and cuts nothing off', async () => {
      await expect(scorer.score(conformanceTrajectory(stepsTooMany!))).rejects.toMatchObject({ code: 'MODEL_CONTEXT_EXCEEDED' });
      expect(await valuesOf(conformanceTrajectory(2))).toHaveLength(2);
    });

    test('takes Unicode in question and steps', async () => {
      expect(await valuesOf({ id: 'unicode', question: 'Ünïcödé 😀 日本語 µg/kg ≥ 5 \\ " \n end', steps: ['😀 日本語', '≥ 5 µg “quotes”', '\\n is no line end'] })).toHaveLength(2);
    });

    test('rejects with the reason when it is cancelled before, and answers the next request', async () => {
      const reason = new Error('not needed any more');
      await expect(valuesOf(conformanceTrajectory(3), AbortSignal.abort(reason))).rejects.toBe(reason);
      expect(await valuesOf(conformanceTrajectory(3))).toHaveLength(3);
    });

    test.runIf(cancels)('rejects with the reason when it is cancelled while it works, and answers the others', async () => {
      const reason = new Error('not needed any more'), controller = new AbortController();
      const cancelled = mixed.map((request) => valuesOf(request, controller.signal)), kept = valuesOf(mixed[2]!);
      const settled = Promise.allSettled(cancelled);
      controller.abort(reason);
      expect(await settled).toEqual(mixed.map(() => ({ status: 'rejected', reason })));
      expect(await kept).toEqual(await valuesOf(mixed[2]!));
    });

    test('closes, also twice', async () => {
      const other = await open();
      await other.score(conformanceTrajectory(1));
      await other.close();
      await other.close();
      expect(await valuesOf(conformanceTrajectory(1))).toHaveLength(1);
    });
  });
}
