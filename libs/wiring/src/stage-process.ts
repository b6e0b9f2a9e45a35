import type { StageSetup } from '@slowthink/runtime';
import type { Flow } from './flows.ts';
import type { Resources } from './resources.ts';
import type { RunSettings } from './run-settings.ts';

/** How an app offers its stage: what it needs, and how it is set up from the resources of a process. */
export interface StageSetupOf {
  readonly name: string;
  /** Its own program; apps/NAME/src/main.ts when left out. */
  readonly main?: string;
  readonly needsPolicy: boolean;
  /** Judges answers, so that its process opens the grader. As needsPolicy when left out. */
  readonly judges?: boolean;
  /** Values steps, so that its process opens the step scorer; never when left out. */
  readonly needsScorer?: (settings: RunSettings) => boolean;
  /** The flow it is part of; `run` when left out. */
  readonly flow?: Flow;
  readonly setup: (resources: Resources) => StageSetup | Promise<StageSetup>;
}

/** Declares an app's stage for the process that runs it. */
export const stageProcess = (definition: StageSetupOf): StageSetupOf => Object.freeze(definition);

/** What a process must open for some stages. */
export interface Needs { readonly policy: boolean; readonly judges: boolean; readonly scorer: boolean }

export const needsOf = (stages: readonly Pick<StageSetupOf, 'needsPolicy' | 'judges' | 'needsScorer'>[], settings: RunSettings): Needs => ({
  policy: stages.some(({ needsPolicy }) => needsPolicy), judges: stages.some(({ needsPolicy, judges = needsPolicy }) => judges), scorer: stages.some(({ needsScorer }) => needsScorer?.(settings) === true),
});
