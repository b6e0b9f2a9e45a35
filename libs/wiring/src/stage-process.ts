import type { StageSetup } from '@slowthink/runtime';
import type { Flow } from './flows.ts';
import type { Resources } from './resources.ts';

/** How an app offers its stage: what it needs, and how it is set up from the resources of a process. */
export interface StageSetupOf {
  readonly name: string;
  readonly needsPolicy: boolean;
  /** The flow it is part of; `run` when left out. */
  readonly flow?: Flow;
  readonly setup: (resources: Resources) => StageSetup | Promise<StageSetup>;
}

/** Declares an app's stage for the process that runs it. */
export const stageProcess = (definition: StageSetupOf): StageSetupOf => Object.freeze(definition);
