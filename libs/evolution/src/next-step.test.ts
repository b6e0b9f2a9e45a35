import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evolutionRecipes } from './evolution-recipe.ts';
import { findMixed, nextStep, type StepRecords } from './next-step.ts';
import type { BegunRecord, DoneRecord, Hashes } from './records.ts';
import { stepsOf, type Step } from './steps.ts';

/** What a step reads and makes, as the real ones do: each reads what the one before made, and dev items from outside. */
const useOf = (steps: readonly Step[], at: number): readonly string[] => ['dev items', ...(at === 0 ? [] : [`made by ${steps[at - 1]!.id}`])];
const contentOf = (name: string): string => `hash of ${name}`;
const begunOf = (steps: readonly Step[], at: number): BegunRecord => ({ v: 1, step: steps[at]!.id, command: [], used: Object.fromEntries(useOf(steps, at).map((name) => [name, contentOf(name)])), job: null, earlier: { seconds: 0, requests: 0, tokens: 0 } });
const doneOf = (steps: readonly Step[], at: number): DoneRecord => ({ v: 1, step: steps[at]!.id, made: { [`made by ${steps[at]!.id}`]: contentOf(`made by ${steps[at]!.id}`) }, seconds: 1, requests: 0, tokens: 0, units: 1, skipped: null, facts: {} });

class Disk implements StepRecords {
  readonly begun = new Map<string, BegunRecord>();
  readonly done = new Map<string, DoneRecord>();
  readonly worked: string[] = [];
}

/** Goes on until it is killed after `writes` writes of a record, as the command does: begun, work, done. */
function goOn(disk: Disk, steps: readonly Step[], writes: number): boolean {
  for (let step = nextStep(steps, disk); step !== undefined; step = nextStep(steps, disk)) {
    const at = steps.indexOf(step);
    if (writes-- <= 0) return false;
    disk.begun.set(step.id, begunOf(steps, at));
    disk.worked.push(step.id);
    if (writes-- <= 0) return false;
    disk.done.set(step.id, doneOf(steps, at));
  }
  return true;
}

const anyRecipe = fc.record({ name: fc.constantFrom(...Object.keys(evolutionRecipes)), rounds: fc.integer({ min: 1, max: 4 }) }).map(({ name, rounds }) => stepsOf(evolutionRecipes[name]!, rounds));
const now = (disk: Disk): Hashes => Object.fromEntries([...disk.done.values()].flatMap(({ made }) => Object.entries(made)));

describe('records of steps', () => {
  it('lead to the same steps, wherever the process is killed and however often, and fit together at every restart', () => {
    fc.assert(fc.property(anyRecipe, fc.array(fc.nat({ max: 9 }), { maxLength: 12 }), (steps, kills) => {
      const disk = new Disk(), undisturbed = new Disk();
      for (const writes of kills) {
        goOn(disk, steps, writes);
        expect(findMixed(steps, disk, now(disk))).toBeUndefined();
      }
      expect([goOn(disk, steps, Infinity), goOn(undisturbed, steps, Infinity)]).toEqual([true, true]);
      expect([disk.done, disk.begun]).toEqual([undisturbed.done, undisturbed.begun]);
      expect([...new Set(disk.worked)]).toEqual(undisturbed.worked);
      expect(disk.worked.toSorted((a, b) => undisturbed.worked.indexOf(a) - undisturbed.worked.indexOf(b))).toEqual(disk.worked); // a step that was killed comes again at once, none that is done does
    }));
  });

  it('go on with the first new step when there are more rounds than before', () => {
    const disk = new Disk();
    goOn(disk, stepsOf(evolutionRecipes['seed-cpu']!, 1), Infinity);
    expect(nextStep(stepsOf(evolutionRecipes['seed-cpu']!, 2), disk)?.id).toBe('2-questions');
    expect(findMixed(stepsOf(evolutionRecipes['seed-cpu']!, 2), disk)).toBeUndefined();
  });

  it('are found mixed by whatever one hash is another, by name and step', () => {
    fc.assert(fc.property(anyRecipe, fc.nat(), fc.constantFrom('used', 'made', 'file'), (steps, which, where) => {
      const disk = new Disk();
      goOn(disk, steps, Infinity);
      const at = 1 + (which % (steps.length - 1)), { id } = steps[at]!;
      const files: { [name: string]: string } = { ...now(disk) };
      if (where === 'used') disk.begun.set(id, { ...disk.begun.get(id)!, used: { ...disk.begun.get(id)!.used, [`made by ${steps[at - 1]!.id}`]: 'of another evolution' } });
      if (where === 'made') disk.done.set(steps[at - 1]!.id, { ...disk.done.get(steps[at - 1]!.id)!, made: { [`made by ${steps[at - 1]!.id}`]: 'of another evolution' } });
      if (where === 'file') files[`made by ${id}`] = 'changed by hand';
      const mixed = findMixed(steps, disk, where === 'file' ? files : {});
      expect(mixed).toMatchObject({ step: id, file: `made by ${where === 'file' ? id : steps[at - 1]!.id}` });
    }));
  });

  it('are found mixed where a source from outside changed between two steps, a record is gone, or a file is', () => {
    const steps = stepsOf(evolutionRecipes['seed-cpu']!, 1);
    const whole = (): Disk => { const disk = new Disk(); goOn(disk, steps, Infinity); return disk; };
    const outside = whole();
    outside.begun.set('1-dev', { ...outside.begun.get('1-dev')!, used: { 'dev items': 'others' } });
    expect(findMixed(steps, outside)).toMatchObject({ step: '1-dev', file: 'dev items' });
    const gap = whole();
    gap.done.delete('1-sft');
    expect(findMixed(steps, gap)).toMatchObject({ step: '1-prm', file: 'steps/1-prm.done.json', why: expect.stringContaining('1-sft, which comes before it, was not done') });
    const lost = whole();
    lost.begun.delete('1-sft');
    expect(findMixed(steps, lost)).toMatchObject({ step: '1-sft', file: 'steps/1-sft.begun.json' });
    expect(findMixed(steps, whole(), { 'made by 1-run': undefined })).toMatchObject({ step: '1-run', why: expect.stringContaining('is gone') });
  });
});
