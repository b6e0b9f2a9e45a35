import { expect, it } from 'vitest';
import { createLogger, type LogLevel } from './logger.ts';

function record(level: LogLevel, json: boolean) {
  const lines: string[] = [];
  return { lines, logger: createLogger({ stream: { write: (text: string) => lines.push(text) }, level, json, now: () => 0 }) };
}

it.each<[LogLevel, string[]]>([['debug', ['debug a\n', 'info  b\n', 'warn  c\n', 'error d\n']], ['warn', ['warn  c\n', 'error d\n']], ['silent', []]])('writes from level %s up', (level, expected) => {
  const { lines, logger } = record(level, false);
  logger.debug('a'); logger.info('b'); logger.warn('c'); logger.error('d');
  expect(lines).toEqual(expected);
});

it('writes fields as pairs, quoted where needed, and leaves undefined ones out', () => {
  const { lines, logger } = record('info', false);
  logger.warn('The server is slow.', { ms: 812, url: 'http://x/a b', code: 'MODEL_TIMEOUT', none: undefined, empty: '' });
  expect(lines).toEqual(['warn  The server is slow. ms=812 url="http://x/a b" code=MODEL_TIMEOUT empty=""\n']);
});

it('keeps a message on its line and control sequences out of the terminal', () => {
  const { lines, logger } = record('info', false);
  logger.error('two\nlines \u001b[2J\u009b');
  expect(lines).toEqual(['error two\\nlines \\u001b[2J\\u009b\n']);
});

it('writes one JSON object a line, whose time, level and message no field replaces', () => {
  const { lines, logger } = record('info', true);
  logger.info('Started.\n', { stage: 'expand', level: 'odd' });
  expect(lines).toEqual(['{"time":"1970-01-01T00:00:00.000Z","level":"info","message":"Started.\\n","stage":"expand"}\n']);
});
