// The record types of schemas/, read-only all the way down. What each field means stands in the schema and shows in the editor.
import type * as generated from './generated/types.ts';

type Immutable<T> = T extends (infer Item)[] ? readonly Immutable<Item>[] : T extends object ? { readonly [Key in keyof T]: Immutable<T[Key]> } : T;

export type ChosenEvent = Immutable<generated.ChosenEvent>;
export type ClosedEvent = Immutable<generated.ClosedEvent>;
export type CompletionsRecord = Immutable<generated.CompletionsRecord>;
export type EndRecord = Immutable<generated.EndRecord>;
export type ExpansionEvent = Immutable<generated.ExpansionEvent>;
export type FaultRecord = Immutable<generated.FaultRecord>;
export type Gold = Immutable<generated.Gold>;
export type HardnessRecord = Immutable<generated.HardnessRecord>;
export type OpenedEvent = Immutable<generated.OpenedEvent>;
export type PairRecord = Immutable<generated.PairRecord>;
export type PairSide = Immutable<generated.PairSide>;
export type PartRecord = Immutable<generated.PartRecord>;
export type PolicyIdentity = Immutable<generated.PolicyIdentity>;
export type PreferenceRow = Immutable<generated.PreferenceRow>;
export type PreferenceStepsRow = Immutable<generated.PreferenceStepsRow>;
export type PrmRow = Immutable<generated.PrmRow>;
export type ProgressRecord = Immutable<generated.ProgressRecord>;
export type Prompt = Immutable<generated.Prompt>;
export type QuestionRecord = Immutable<generated.QuestionRecord>;
export type RolloutEvent = Immutable<generated.RolloutEvent>;
export type Sampling = Immutable<generated.Sampling>;
export type Selection = Immutable<generated.Selection>;
export type SearchSettings = Immutable<generated.SearchSettings>;
export type SftRow = Immutable<generated.SftRow>;
export type SimulationEvent = Immutable<generated.SimulationEvent>;
export type SnapshotEvent = Immutable<generated.SnapshotEvent>;
export type SolutionsRecord = Immutable<generated.SolutionsRecord>;
export type TrajectoryRecord = Immutable<generated.TrajectoryRecord>;
export type TreeNode = Immutable<generated.TreeNode>;
export type TreeRecord = Immutable<generated.TreeRecord>;
export type Usage = Immutable<generated.Usage>;
export type Verdict = Immutable<generated.Verdict>;
