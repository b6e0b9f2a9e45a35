import { FaultError } from '@slowthink/faults';
import { shownServing } from './shown-serving.ts';

export interface ServerAddress {
  readonly url: string; // without a trailing slash or /v1; may hold user and password
  readonly shown: string; // the same without them, for messages
}

/** Reads the URL of a model server as --policy does. SETTING_INVALID. */
export function serverAddress(text: string, setting: string, hint: string): ServerAddress {
  let url: URL;
  const wrong = (why: string) => new FaultError('SETTING_INVALID', `--serving "${shownServing(setting)}": ${why}.`, { hint });
  try { url = new URL(text); } catch { throw wrong(`${text === '' ? 'the URL is missing' : `${JSON.stringify(text)} is not a URL`}`); }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw wrong(`the URL begins with "${url.protocol}", not with http: or https:`);
  const path = url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '');
  return { url: `${url.origin.replace('//', url.username === '' ? '//' : `//${url.username}:${url.password}@`)}${path}`, shown: `${url.origin}${path}` };
}
