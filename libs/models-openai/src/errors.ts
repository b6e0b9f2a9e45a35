import { FaultError, type FaultCode, type FaultDetails } from '@slowthink/faults';

const codeOfStatus = (status: number): FaultCode => {
  if (status === 401 || status === 403) return 'MODEL_UNAUTHORIZED';
  if (status === 404 || status === 405) return 'MODEL_NOT_FOUND';
  if (status === 408) return 'MODEL_TIMEOUT';
  if (status === 429 || status === 503) return 'MODEL_OVERLOADED';
  if (status >= 500) return 'MODEL_SERVER_ERROR';
  if (status >= 400) return 'MODEL_REFUSED';
  return 'MODEL_REPLY_INVALID';
};

const tooLong = /exceed_context_size|context_length_exceeded|context (?:length|size|window)|maximum model length|inputs.{0,20}tokens.{0,40}must be|prompt is too long/i;

/** OpenAI's 429 for a request above the tokens a minute: it is refused for ever, though its status says "later". */
const neverFits = /request too large/i;

type Shape = { readonly error?: unknown; readonly detail?: unknown; readonly message?: unknown; readonly type?: unknown; readonly code?: unknown };

/** The server's own words out of any error shape: {error: {message}}, {error: text}, {detail}, flat {message}, plain text. At most 300 characters. */
export function serverMessage(body: string): string {
  const short = (text: string) => { const line = text.replace(/\s+/g, ' ').trim(); return line.length > 300 ? `${line.slice(0, 297)}...` : line; };
  let value: Shape;
  try { value = JSON.parse(body) as Shape; } catch { return short(body.replace(/<[^>]*>/g, ' ')); }
  const inner = (typeof value?.error === 'object' && value.error !== null ? value.error : value) as Shape;
  const message = inner?.message ?? value?.error ?? value?.detail;
  const type = typeof inner?.type === 'string' ? `${inner.type}: ` : '';
  return short(typeof message === 'string' ? type + message : JSON.stringify(message ?? value));
}

/** Seconds or a date, as milliseconds from now (0..); undefined when it is neither. RFC 9110, 10.2.3. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

/** An answer that is no success, as a fault. `where` is "POST http://host/v1/completions". */
export function faultOfStatus(where: string, status: number, body: string, retryAfter?: number): FaultError {
  const said = serverMessage(body);
  const code = status === 429 && neverFits.test(said) ? 'MODEL_REFUSED' : codeOfStatus(status);
  const details: FaultDetails = retryAfter === undefined ? {} : { retryAfterMs: retryAfter };
  const context = (status === 400 || status === 413 || status === 422 || status === 500) && tooLong.test(said);
  return new FaultError(context ? 'MODEL_CONTEXT_EXCEEDED' : code, `${where} answered ${status}${said === '' ? '' : `: ${said}`}`.replace(/([^.!?])$/, '$1.'), details);
}

/** An error object that came inside an answer with status 200 (a stream, or a server that does not use status codes). */
export function faultOfEvent(where: string, value: unknown): FaultError {
  const inner = ((value as Shape).error ?? value) as Shape;
  const status = typeof inner.code === 'number' && inner.code >= 400 && inner.code < 600 ? inner.code : 500;
  const fault = faultOfStatus(where, status, JSON.stringify(value));
  return new FaultError(fault.code, fault.message.replace(`answered ${status}`, 'broke its answer off with an error'));
}

/** A connection that did not come about or broke, as a fault. */
export function faultOfConnection(where: string, error: unknown): FaultError {
  const { code = '', message = '', name = '' } = (error ?? {}) as { code?: string; message?: string; name?: string };
  if (name === 'HTTPParserError' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' || code === 'UND_ERR_HEADERS_OVERFLOW') return new FaultError('MODEL_REPLY_INVALID', `${where} answered something that is not HTTP (${message.replace(/\.$/, '')}).`, { cause: error });
  const reasons: { readonly [code: string]: string } = {
    ECONNREFUSED: 'nothing listens there', ENOTFOUND: 'the name of the host is not known', EAI_AGAIN: 'the name of the host could not be looked up', UND_ERR_CONNECT_TIMEOUT: 'no connection within 10 s',
    ECONNRESET: 'the server closed the connection', UND_ERR_SOCKET: 'the server closed the connection', EPIPE: 'the server closed the connection',
  };
  return new FaultError('MODEL_UNREACHABLE', `${where} failed: ${reasons[code] ?? (message || 'no connection')}${code === '' ? '' : ` (${code})`}.`, { cause: error });
}

/** An answer of status 200 that is not what was asked for. */
export const faultOfReply = (where: string, what: string, body?: string, cause?: unknown): FaultError => {
  const begin = body === undefined ? '' : ` It begins with ${JSON.stringify(body.slice(0, 80))}.`;
  return new FaultError('MODEL_REPLY_INVALID', `${where} answered ${what}.${begin}`, cause === undefined ? {} : { cause });
};
