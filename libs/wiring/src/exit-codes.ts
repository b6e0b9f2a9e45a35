import { FaultError, type FaultCode } from '@slowthink/faults';

/** done: also with faults. missing: the message says what to type. stopped: a second signal. */
export const exitCodes = { done: 0, failed: 1, wrongUse: 2, missing: 3, stopped: 130 } as const;

const wrongUse: ReadonlySet<FaultCode> = new Set(['SETTING_UNKNOWN', 'SETTING_INVALID', 'QUESTION_MAPPING_WRONG', 'QUESTION_MANIFEST_WRONG', 'DIR_SETTINGS_CHANGED', 'DIR_OTHER_FLOW']);
const failed: ReadonlySet<FaultCode> = new Set(['LEDGER_BROKEN', 'RECORD_INVALID', 'STORE_CORRUPT', 'PART_CHANGED', 'PART_FOREIGN', 'PART_MISSING', 'PROGRESS_MISSING', 'DATASET_EMPTY', 'EVOLVE_MIXED', 'EVOLVE_STEP_FAILED']);

/** The exit code of what ended a command: wrong use 2, something missing 3, everything else 1. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof FaultError)) return exitCodes.failed;
  return wrongUse.has(error.code) ? exitCodes.wrongUse : failed.has(error.code) ? exitCodes.failed : exitCodes.missing;
}
