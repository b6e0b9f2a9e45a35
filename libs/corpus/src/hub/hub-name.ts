import { FaultError } from '@slowthink/faults';
import { findDataset, type KnownDataset } from '../manifests.ts';

/** What "hf:OWNER/NAME[@REVISION][/FILE]" says. */
export interface HubName {
  readonly given: string;
  readonly repo: string; // OWNER/NAME; NAME alone for the few old data sets without an owner
  readonly revision: string; // a branch, tag or commit; main when not given
  readonly file?: string; // a file, a folder, or what the names of a split's files begin with
}

/** Whether a path means files of a hub. */
export const isHubName = (path: string): boolean => path.startsWith('hf:');

/**
 * Reads a name of the hub. "hf:medxpertqa", the name or alias of a data set whose manifest says where it lies on a hub, is that place; "@REVISION" behind it wins over the manifest's.
 * Throws SETTING_INVALID with the form that is wanted.
 */
export function parseHubName(given: string, datasets: readonly KnownDataset[]): HubName {
  const text = given.slice('hf:'.length);
  const short = /^([^/@\s]+)(?:@([^/\s]+))?$/u.exec(text);
  const hub = short === null ? undefined : findDataset(datasets, short[1]!)?.manifest.source.hub;
  if (hub !== undefined) {
    const { repo, revision, file } = read(hub)!;
    return { given, repo: repo!, revision: short![2] ?? revision ?? 'main', ...(file === undefined ? {} : { file }) };
  }
  const parts = read(text);
  if (parts === undefined) throw new FaultError('SETTING_INVALID', `${JSON.stringify(given)} names nothing on a hub.`, { hint: 'Write hf:OWNER/NAME, hf:OWNER/NAME/FILE or hf:OWNER/NAME@REVISION/FILE, as the address of the data set says it.' });
  const { repo, revision, file } = parts;
  return { given, repo: repo!, revision: revision ?? 'main', ...(file === undefined ? {} : { file }) };
}

function read(text: string): { readonly repo?: string; readonly revision?: string; readonly file?: string } | undefined {
  const groups = /^(?<repo>[\w.-]+(?:\/[\w.-]+)?)(?:@(?<revision>[\w.-]+))?(?:\/(?<file>[^\s?#\\]+))?$/u.exec(text)?.groups;
  return groups === undefined || `${groups['repo']}/${groups['file'] ?? ''}`.split('/').some((part) => part === '.' || part === '..') ? undefined : groups;
}
