import { faultTable, type Blame, type FaultCode } from './table.ts';

export interface FaultDetails {
  /** A hint for this very case; the table's otherwise. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Wait at least this long before the next try (Retry-After). */
  readonly retryAfterMs?: number;
  /** Earlier attempts, oldest first, one sentence each. */
  readonly attempts?: readonly string[];
}

/** An error with a stable code, who is to blame, whether to retry and what to do next. Its message says what failed and where. */
export class FaultError extends Error {
  readonly code: FaultCode;
  readonly blame: Blame;
  readonly retry: boolean;
  readonly hint: string;
  readonly retryAfterMs: number | undefined;
  readonly attempts: readonly string[];

  constructor(code: FaultCode, message: string, details: FaultDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    const row = faultTable[code];
    this.name = 'FaultError';
    this.code = code;
    this.blame = row.blame;
    this.retry = row.retry;
    this.hint = details.hint ?? row.hint;
    this.retryAfterMs = details.retryAfterMs;
    this.attempts = details.attempts ?? [];
  }
}

/** One line for people: code, what, what next. */
export function explainFault(fault: FaultError): string {
  const tries = fault.attempts.length > 1 ? ` (${fault.attempts.length} attempts)` : '';
  return `${fault.code} ${fault.message}${tries} ${fault.hint}`;
}
