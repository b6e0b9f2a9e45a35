import { FaultError } from '@slowthink/faults';

export interface ListenAddress {
  readonly host: string; // without the brackets of an IPv6 address
  readonly port: number; // 0: any free one
}

const thisMachine = '127.0.0.1';

/** `9464` (this machine alone), `127.0.0.1:9464`, `0.0.0.0:9464` (everybody), `localhost:9464`, `[::]:9464`. SETTING_INVALID. */
export function readListenAddress(text: string): ListenAddress {
  const [, bracketed, name, digits] = /^(?:(?:\[([\da-fA-F:.]+)\]|([^\s:[\]/@]+)):)?(\d{1,5})$/.exec(text.trim()) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) {
    throw new FaultError('SETTING_INVALID', `telemetry.listen is ${JSON.stringify(text)}; allowed: PORT, HOST:PORT or [IPV6]:PORT, with a port from 0 to 65535, or none.`, { hint: 'For example --listen 9464, which only this machine can ask, or --listen 0.0.0.0:9464.' });
  }
  return { host: bracketed ?? name ?? thisMachine, port };
}

/** As it stands in a URL: `[::1]:9464`. */
export const addressText = ({ host, port }: ListenAddress): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;
