import { expect, it } from 'vitest';
import { addressText, readListenAddress } from './listen-address.ts';

it.each([['9464', '127.0.0.1:9464'], ['0', '127.0.0.1:0'], ['0.0.0.0:9464', '0.0.0.0:9464'], ['localhost:80', 'localhost:80'], ['[::1]:9464', '[::1]:9464'], ['[::]:65535', '[::]:65535'], [' 9464 ', '127.0.0.1:9464']])(
  'reads %s as %s', (text, address) => { expect(addressText(readListenAddress(text))).toBe(address); });

it.each(['', 'port', ':9464', '127.0.0.1', '127.0.0.1:', '127.0.0.1:65536', '::1:9464', 'http://127.0.0.1:9464', 'me@host:9464', '9464/metrics', '-1', '94 64'])(
  'refuses "%s"', (text) => { expect(() => readListenAddress(text)).toThrow(expect.objectContaining({ code: 'SETTING_INVALID', message: `telemetry.listen is ${JSON.stringify(text)}; allowed: PORT, HOST:PORT or [IPV6]:PORT, with a port from 0 to 65535, or none.` })); });
