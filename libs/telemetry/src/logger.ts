export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Plain values that go with a message. */
export interface LogFields { readonly [name: string]: string | number | boolean | null | undefined }

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LoggerOptions {
  /** A write stream, or `{ write: progress.log }` so that lines stand above the live block. */
  readonly stream: { write(text: string): unknown };
  /** The least that is written; silent writes nothing. */
  readonly level: LogLevel;
  /** One JSON object a line (time, level, message, fields) instead of text. */
  readonly json: boolean;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** One line a message, line breaks escaped. Text: `warn  The server is slow. ms=812 url="http://x/a b"`. */
export function createLogger({ stream, level, json, now = Date.now }: LoggerOptions): Logger {
  const write = (at: Exclude<LogLevel, 'silent'>) => (message: string, fields: LogFields = {}): void => {
    if (logLevels.indexOf(at) < logLevels.indexOf(level)) return;
    const own = { time: new Date(now()).toISOString(), level: at, message };
    stream.write(`${json ? JSON.stringify({ ...own, ...fields, ...own }) : textLine(at, message, fields)}\n`); // own names first, and never replaced
  };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

function textLine(level: string, message: string, fields: LogFields): string {
  const pairs = Object.entries(fields).filter(([, value]) => value !== undefined).map(([name, value]) => ` ${name}=${/^[^\s"=]+$/.test(String(value)) ? value : JSON.stringify(value)}`);
  return `${level.padEnd(5)} ${message.replace(/\p{Cc}/gu, (control) => (control === '\n' ? '\\n' : `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`))}${pairs.join('')}`;
}
