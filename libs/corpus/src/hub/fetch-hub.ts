import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { FaultError } from '@slowthink/faults';
import type { KnownDataset } from '../manifests.ts';
import type { CorpusFile } from '../read-corpus.ts';
import { download, type HubFile } from './download.ts';
import { isHubName, parseHubName, type HubName } from './hub-name.ts';
import { HubServer, type HubSettings } from './hub-server.ts';

export { isHubName };

export interface HubOptions extends HubSettings {
  readonly cache: string; // folder that is kept between runs
  readonly offline: boolean; // ask nobody, take what is there
  readonly manifests: readonly KnownDataset[];
  /** Told what is fetched, and what is taken from the cache because the hub cannot be asked. */
  readonly note?: (message: string) => void;
}

/** One commit of a data set, as it lies in the cache. */
interface Commit { readonly sha: string; readonly files: readonly HubFile[] }

const questionFiles: ReadonlySet<string> = new Set(['.json', '.jsonl', '.ndjson', '.csv', '.tsv', '.parquet']);

/**
 * The files that "hf:…" means, fetched once: CACHE/hub/OWNER--NAME/COMMIT/FILE. A revision is looked up each time (a branch moves) and its files are kept under its commit, so that what a run read stays what it was. FILE may be a file, a folder or the beginning of file
 * names (a split); without one the data set's only question file. Where the hub cannot be reached, the commit that the revision had last is taken from the cache, with a note; with `offline` nobody is asked.
 * The data set's name is NAME, its split what the file's name begins with; files that would share both are told apart by their path. A test split is a benchmark. A file that a manifest names is that manifest's. Faults: SETTING_INVALID, HUB_UNREACHABLE, HUB_OVERLOADED, HUB_UNAUTHORIZED, HUB_NOT_FOUND, HUB_FILE_CORRUPT.
 */
export async function fetchHub(given: string, options: HubOptions): Promise<readonly CorpusFile[]> {
  const name = parseHubName(given, options.manifests);
  const server = new HubServer(options);
  try {
    const commit = await commitOf(name, server, options);
    const chosen = chooseFiles(name, commit);
    const files: CorpusFile[] = [];
    for (const file of chosen) files.push(fileOf(name, file, await fetched(name, commit, file, server, options), chosen, options.manifests));
    return files;
  } finally { await server.close(); }
}

const folderOf = ({ repo }: HubName, { cache }: HubOptions): string => join(cache, 'hub', repo.replace('/', '--'));

/** The commit of a revision, with its list of files. */
async function commitOf(name: HubName, server: HubServer, options: HubOptions): Promise<Commit> {
  const folder = folderOf(name, options);
  const last = await readJson(join(folder, 'revisions', `${encodeURIComponent(name.revision)}.json`)) as Commit | undefined;
  if (options.offline) {
    if (last !== undefined) return last;
    throw new FaultError('HUB_UNREACHABLE', `${name.given} is not in the cache ${options.cache}, and HF_HUB_OFFLINE says that nobody is to be asked.`, { hint: elsewhere });
  }
  try {
    const { value } = await server.json(`/api/datasets/${name.repo}/revision/${encodeURIComponent(name.revision)}`, name.given);
    const sha = (value as { sha?: unknown } | null)?.sha;
    if (typeof sha !== 'string' || !/^[0-9a-f]{40}$/u.test(sha)) throw new FaultError('HUB_UNREACHABLE', `The hub named no commit for ${name.given}.`, { hint: 'Check HF_ENDPOINT: it is the address of a hub, or of a mirror that answers as one.' });
    if (last?.sha === sha) return last;
    const commit = { sha, files: await listFiles(name, sha, server) };
    await writeJson(join(folder, 'revisions', `${encodeURIComponent(name.revision)}.json`), commit);
    return commit;
  } catch (error) {
    if (!(error instanceof FaultError) || error.code !== 'HUB_UNREACHABLE') throw error;
    if (last === undefined) throw new FaultError(error.code, error.message, { cause: error, hint: elsewhere, attempts: error.attempts });
    options.note?.(`${error.message} Taking ${name.given} from the cache, as of commit ${last.sha.slice(0, 8)}.`);
    return last;
  }
}

const elsewhere = 'Fetch the file on a machine with internet and give its path; HF_ENDPOINT names a mirror, HTTPS_PROXY a proxy.';

async function listFiles({ repo, given }: HubName, sha: string, server: HubServer): Promise<readonly HubFile[]> {
  const files: HubFile[] = [];
  let next: string | undefined = `/api/datasets/${repo}/tree/${sha}?recursive=true`;
  while (next !== undefined) {
    const page = await server.json(next, given);
    for (const each of Array.isArray(page.value) ? page.value as readonly TreeEntry[] : []) {
      if (each.type !== 'file' || typeof each.path !== 'string' || each.path.split('/').some((part) => part === '..' || part === '.' || part === '')) continue;
      files.push({ path: each.path, size: each.lfs?.size ?? each.size ?? 0, ...(each.lfs?.oid === undefined ? each.oid === undefined ? {} : { blob: each.oid } : { sha256: each.lfs.oid }) });
    }
    next = page.next;
  }
  return files;
}

interface TreeEntry { readonly type?: string; readonly path?: string; readonly size?: number; readonly oid?: string; readonly lfs?: { readonly oid?: string; readonly size?: number } }

function chooseFiles({ given, file }: HubName, { files }: Commit): readonly HubFile[] {
  const readable = files.filter(({ path }) => questionFiles.has(extname(path).toLowerCase()) && !/(?:^|\/)(?:dataset_infos?|package|config)\.json$/u.test(path)).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const fits = [
    ({ path }: HubFile) => file === undefined || path === file, // the file itself, or the only one
    ({ path }: HubFile) => path.startsWith(`${file}/`), // a folder
    ({ path }: HubFile) => basename(path).startsWith(`${file}-`) || basename(path, extname(path)) === file, // a split
  ].map((fit) => readable.filter(fit)).find((some) => some.length > 0) ?? [];
  const listed = readable.length === 0 ? 'it holds no question file' : `its question files: ${readable.slice(0, 20).map(({ path }) => path).join(', ')}${readable.length > 20 ? `, and ${readable.length - 20} more` : ''}`;
  if (fits.length === 0) throw new FaultError('HUB_NOT_FOUND', `${given} names no file of the data set; ${listed}.`);
  if (file === undefined && fits.length > 1) throw new FaultError('SETTING_INVALID', `${given} holds ${fits.length} question files; ${listed}.`, { hint: `Name one, a folder or a split: ${given}/${basename(fits.at(-1)!.path).split('-')[0]!}.` });
  return fits;
}

async function fetched(name: HubName, { sha }: Commit, file: HubFile, server: HubServer, options: HubOptions): Promise<string> {
  const path = join(folderOf(name, options), sha, ...file.path.split('/'));
  if (existsSync(path)) return path;
  const what = `${name.given} (${file.path})`;
  if (options.offline) throw new FaultError('HUB_UNREACHABLE', `${what} is not in the cache ${options.cache}, and HF_HUB_OFFLINE says that nobody is to be asked.`, { hint: elsewhere });
  options.note?.(`Fetching ${file.path} of ${name.repo}, ${(file.size / 1e6).toFixed(1)} MB …`);
  await download(server, `${options.endpoint}/datasets/${name.repo}/resolve/${sha}/${file.path.split('/').map(encodeURIComponent).join('/')}`, file, path, what);
  return path;
}

/** What the questions of the file go by. */
function fileOf({ given, repo }: HubName, file: HubFile, path: string, all: readonly HubFile[], manifests: readonly KnownDataset[]): CorpusFile {
  const known = manifests.find(({ manifest: { source } }) => source.hub !== undefined && source.hub.replace(/@[^/]+/u, '') === `${repo}/${file.path}`);
  if (known?.manifest.file.sha256 !== undefined && file.sha256 !== undefined && file.sha256 !== known.manifest.file.sha256) {
    throw new FaultError('HUB_FILE_CORRUPT', `${given} is not the published file of ${known.manifest.name}: its sha256 is ${file.sha256}, the manifest says ${known.manifest.file.sha256}.`, { hint: 'Name the revision that the manifest means, or give the fetched file by its path: it is then a data set of its own.' });
  }
  const split = splitOf(file);
  const name = repo.split('/').at(-1)!;
  const alone = all.filter((other) => splitOf(other) === split).length === 1;
  return { path, given, known, dataset: alone ? name : `${name}-${file.path.slice(0, -extname(file.path).length).replaceAll('/', '-')}`, split, ...(split === 'test' ? { role: 'benchmark' } : {}) };
}

function splitOf({ path }: HubFile): string {
  const found = /^(train|test|validation|valid|val|dev)(?![a-z])/iu.exec(basename(path)) ?? /(?:^|\/)(train|test|validation|valid|val|dev)(?=\/)/iu.exec(path);
  const word = found?.[1]!.toLowerCase() ?? 'train';
  return word === 'val' || word === 'valid' ? 'validation' : word;
}

async function readJson(path: string): Promise<unknown> {
  try { return JSON.parse(await readFile(path, 'utf8')); } catch { return undefined; } // nothing there, or half of something: asked for again
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.part`, JSON.stringify(value));
  await rename(`${path}.part`, path);
}
