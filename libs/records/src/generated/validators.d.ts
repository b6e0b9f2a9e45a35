// Generated from schemas/ by "npm run generate". Do not edit.
import type * as types from '../types.ts';
export interface Problem { readonly instancePath: string; readonly message?: string }
export interface Validator<T> { (value: unknown): value is T; errors?: readonly Problem[] | null }
export const isChosenEvent: Validator<types.ChosenEvent>;
export const isClosedEvent: Validator<types.ClosedEvent>;
export const isCompletionsRecord: Validator<types.CompletionsRecord>;
export const isEndRecord: Validator<types.EndRecord>;
export const isExpansionEvent: Validator<types.ExpansionEvent>;
export const isFaultRecord: Validator<types.FaultRecord>;
export const isGold: Validator<types.Gold>;
export const isHardnessRecord: Validator<types.HardnessRecord>;
export const isOpenedEvent: Validator<types.OpenedEvent>;
export const isPairSide: Validator<types.PairSide>;
export const isPairRecord: Validator<types.PairRecord>;
export const isPartRecord: Validator<types.PartRecord>;
export const isPolicyIdentity: Validator<types.PolicyIdentity>;
export const isPreferenceRow: Validator<types.PreferenceRow>;
export const isPreferenceStepsRow: Validator<types.PreferenceStepsRow>;
export const isPrmRow: Validator<types.PrmRow>;
export const isProgressRecord: Validator<types.ProgressRecord>;
export const isPrompt: Validator<types.Prompt>;
export const isQuestionRecord: Validator<types.QuestionRecord>;
export const isRolloutEvent: Validator<types.RolloutEvent>;
export const isSampling: Validator<types.Sampling>;
export const isSearchSettings: Validator<types.SearchSettings>;
export const isSelection: Validator<types.Selection>;
export const isSftRow: Validator<types.SftRow>;
export const isSimulationEvent: Validator<types.SimulationEvent>;
export const isSnapshotEvent: Validator<types.SnapshotEvent>;
export const isSolutionsRecord: Validator<types.SolutionsRecord>;
export const isTrajectoryRecord: Validator<types.TrajectoryRecord>;
export const isTreeNode: Validator<types.TreeNode>;
export const isTreeRecord: Validator<types.TreeRecord>;
export const isUsage: Validator<types.Usage>;
export const isVerdict: Validator<types.Verdict>;
