import { FaultError } from '@slowthink/faults';

interface KafkaError { readonly name?: string; readonly type?: string; readonly code?: string | number; readonly message?: string; readonly originalError?: unknown; readonly cause?: unknown; readonly errors?: readonly unknown[]; readonly topic?: string }

/** The error below kafkajs's own wrappers ("number of retries exceeded" and the like); of several the first. */
export function rootOf(error: unknown): KafkaError {
  const { name, originalError, cause, errors } = (error ?? {}) as KafkaError;
  const inner = originalError ?? (name === 'KafkaJSAggregateError' ? errors?.[0] : undefined) ?? (name === 'KafkaJSNumberOfRetriesExceeded' || name === 'KafkaJSNonRetriableError' ? cause : undefined);
  return inner === undefined || inner === error ? (error ?? {}) as KafkaError : rootOf(inner);
}

/** A transaction that the broker should have ended by its timeout and has not. */
export class HangingTransaction extends Error {
  constructor(topic: string, offset: number, afterMs: number) { super(`a transaction in ${topic}, partition 0, is open at offset ${offset}, longer than ${afterMs / 1000} s`); }
}

const refused: ReadonlySet<string> = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_TOPIC_EXCEPTION', 'POLICY_VIOLATION', 'INVALID_CONFIG', 'INVALID_REPLICATION_FACTOR', 'INVALID_SESSION_TIMEOUT', 'OFFSET_METADATA_TOO_LARGE', 'INVALID_TRANSACTION_TIMEOUT', 'UNSUPPORTED_VERSION', 'INCONSISTENT_GROUP_PROTOCOL', 'GROUP_MAX_SIZE_REACHED']);
const hangsUp = /TLS connection|Closed connection|ECONNRESET|SSL|wrong version|Invalid(?: response)? size|Request .* timed out/i; // what a client hears that speaks otherwise than the port does
const unauthorized = /AUTHORIZATION_FAILED|SASL_AUTHENTICATION_FAILED|UNSUPPORTED_SASL_MECHANISM|ILLEGAL_SASL_STATE/;

/** A record, or the batch around it, is larger than the topic takes. */
export const isTooLarge = (error: unknown): boolean => (rootOf(error).type ?? '').endsWith('TOO_LARGE') && !(error instanceof FaultError);

/** Another try, of this very request, can only end the same way. */
export function isFinal(error: unknown): boolean {
  const { name, type = '' } = rootOf(error);
  return unauthorized.test(type) || refused.has(type) || (name ?? '').startsWith('KafkaJSSASL') || error instanceof FaultError;
}

/** What a call on a Kafka failed with, as a fault: BROKER_UNREACHABLE, BROKER_UNAUTHORIZED, BROKER_REFUSED. `what` begins the sentence. Passwords are in no message of the protocol. */
export function faultOfKafka(what: string, error: unknown): FaultError {
  if (error instanceof FaultError) return error;
  const { name = '', type = '', code, message = String(error), topic } = rootOf(error);
  const said = message.replace(/\.?\s*$/, '');
  const reason = `${what}${topic === undefined ? '' : ` (${topic})`}: ${said}${type === '' || said.includes(type) ? '' : ` (${type})`}.`;
  if (unauthorized.test(type) || name.startsWith('KafkaJSSASL')) return new FaultError('BROKER_UNAUTHORIZED', reason, { cause: error });
  if (refused.has(type)) return new FaultError('BROKER_REFUSED', reason, type.endsWith('TOO_LARGE') ? { cause: error, hint: 'Raise max.message.bytes of the topic and message.max.bytes of the broker; "slowthink topology --kafka" prints what a run needs.' } : { cause: error });
  if (error instanceof HangingTransaction) return new FaultError('BROKER_UNREACHABLE', reason, { cause: error, hint: 'No transaction of a run may last that long: where it does not end by itself, docs/kafka.md says how to end it ("A transaction that never ends").' });
  return new FaultError('BROKER_UNREACHABLE', code === 'ECONNREFUSED' ? `${what}: nothing listens there (ECONNREFUSED).` : reason, hangsUp.test(message) ? { cause: error, hint: 'A port that speaks TLS needs kafka.tls, one that does not refuses it, and one that asks for a user closes the connection without.' } : { cause: error });
}
