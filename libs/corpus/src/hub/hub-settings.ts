import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { FaultError } from '@slowthink/faults';
import type { HubOptions } from './fetch-hub.ts';

type Env = { readonly [name: string]: string | undefined };

/** Where files of a hub are kept: `given`, else slowthink in XDG_CACHE_HOME, else ~/.cache/slowthink. */
export const cacheFolder = (given: string | null, env: Env): string => resolve(given ?? join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'slowthink'));

/** What the environment says about the hub, by the names that its own tools use: HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE. Throws SETTING_INVALID for an endpoint that is no address. */
export function hubSettings(cache: string | null, env: Env): Pick<HubOptions, 'cache' | 'endpoint' | 'token' | 'offline'> {
  const endpoint = (env['HF_ENDPOINT'] || 'https://huggingface.co').replace(/\/+$/u, '');
  if (!/^https?:$/u.test(URL.parse(endpoint)?.protocol ?? '')) throw new FaultError('SETTING_INVALID', `HF_ENDPOINT is ${JSON.stringify(endpoint)}, which is no http address.`, { hint: 'Set it to the address of a hub, or unset it.' });
  return { cache: cacheFolder(cache, env), endpoint, token: env['HF_TOKEN']?.trim() || undefined, offline: /^(?:1|true|yes|on)$/iu.test(env['HF_HUB_OFFLINE'] ?? '') };
}
