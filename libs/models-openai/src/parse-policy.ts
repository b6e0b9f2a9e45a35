import { FaultError } from '@slowthink/faults';

export interface PolicyAddress {
  /** Without a trailing slash or /v1; may hold credentials. */
  readonly url: string;
  readonly model: string;
  readonly revision?: string;
}

/** Where an address stands, for messages: its flag, and what is typed before "openai:". */
export interface AddressPlace { readonly flag: string; readonly before: string }

/** Reads `openai:URL#MODEL[@REVISION]`. Anything else: SETTING_INVALID that says what is missing. An "@" in the model's name is kept when a revision follows it. */
export function parsePolicy(text: string, { flag, before }: AddressPlace = { flag: '--policy', before: '' }): PolicyAddress {
  const example = `${before}openai:http://127.0.0.1:8080#MODEL`;
  const wrong = (why: string) => new FaultError('SETTING_INVALID', `${flag} "${before}${text.replace(/\/\/[^/@#]*@/, '//***@')}": ${why}`, { hint: `Write it as ${example} or ${example}@REVISION.` });
  if (!text.startsWith('openai:')) throw wrong('it does not begin with "openai:".');
  const hash = text.indexOf('#');
  if (hash < 0 || hash === text.length - 1) throw wrong('the name of the model is missing after "#".');
  const name = text.slice(hash + 1), at = name.lastIndexOf('@');
  const model = at < 0 ? name : name.slice(0, at), revision = at < 0 ? undefined : name.slice(at + 1);
  if (model === '') throw wrong('the name of the model is missing after "#".');
  if (revision === '') throw wrong('the revision is missing after "@".');
  let url: URL;
  try { url = new URL(text.slice('openai:'.length, hash)); } catch { throw wrong('the part before "#" is not a URL.'); }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw wrong(`the URL begins with "${url.protocol}", not with http: or https:.`);
  return { url: trimUrl(url), model, ...(revision === undefined ? {} : { revision }) };
}

/** The part of a server's URL that /v1/… is appended to. */
export function trimUrl(url: URL): string {
  return `${url.origin.replace('//', url.username === '' ? '//' : `//${url.username}:${url.password}@`)}${url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '')}`;
}
