import { FaultError } from '@slowthink/faults';
import * as validators from './generated/validators.js';
import type { CandidatesRecord, ChosenEvent, ClosedEvent, CompletionsRecord, EndRecord, ExpansionEvent, FaultRecord, HardnessRecord, OpenedEvent, PairRecord, PartRecord, ProgressRecord, QuestionRecord, RolloutEvent, SimulationEvent, SnapshotEvent, SolutionsRecord, TrajectoryRecord, TreeRecord, VerdictsRecord } from './types.ts';

export type StreamRecord =
  | QuestionRecord | OpenedEvent | ChosenEvent | ExpansionEvent | SimulationEvent | SnapshotEvent | ClosedEvent | RolloutEvent | CompletionsRecord
  | TreeRecord | TrajectoryRecord | PairRecord | PartRecord | HardnessRecord | SolutionsRecord | CandidatesRecord | VerdictsRecord | FaultRecord | EndRecord | ProgressRecord;

const validatorOf: { readonly [type: string]: validators.Validator<unknown> } = {
  question: validators.isQuestionRecord, opened: validators.isOpenedEvent, chosen: validators.isChosenEvent, expansion: validators.isExpansionEvent, simulation: validators.isSimulationEvent, closed: validators.isClosedEvent, snapshot: validators.isSnapshotEvent,
  rollout: validators.isRolloutEvent, completions: validators.isCompletionsRecord, tree: validators.isTreeRecord, trajectory: validators.isTrajectoryRecord, pair: validators.isPairRecord,
  part: validators.isPartRecord, hardness: validators.isHardnessRecord, solutions: validators.isSolutionsRecord, candidates: validators.isCandidatesRecord, verdicts: validators.isVerdictsRecord, fault: validators.isFaultRecord, end: validators.isEndRecord, progress: validators.isProgressRecord,
};

export const encodeRecord = (record: StreamRecord): string => JSON.stringify(record);

/** Parses and validates one record of a topic that may hold `types`. Throws RECORD_INVALID that names the field. */
export function decodeRecord(text: string, types: readonly string[]): StreamRecord {
  let value: unknown;
  try { value = JSON.parse(text); } catch (cause) { throw new FaultError('RECORD_INVALID', 'The record is not JSON.', { cause }); }
  const type = (value as { type?: unknown } | null)?.type;
  if (typeof type !== 'string' || !types.includes(type)) throw new FaultError('RECORD_INVALID', `The record has type ${JSON.stringify(type)}; this topic holds ${types.join(', ')}.`);
  const validate = validatorOf[type]!;
  if (!validate(value)) {
    const version = (value as { v?: unknown }).v;
    const problem = validate.errors?.[0];
    throw new FaultError('RECORD_INVALID', version !== 1 ? `The ${type} record has version ${JSON.stringify(version)}; this program reads version 1.` : `The ${type} record is not valid: ${problem?.instancePath || '/'} ${problem?.message ?? ''}.`);
  }
  return value as StreamRecord;
}
