// A hub of data sets on this machine, answering as the real one documents it: revisions, lists of files, files by redirect to a store on another port, errors with their codes.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Files of one data set by path; `large` ones are listed with a sha256 and lie behind a redirect. */
export interface HubSet { readonly files: { readonly [path: string]: { readonly bytes: Buffer; readonly large?: boolean } }; readonly gated?: boolean }

export interface TestHub {
  readonly endpoint: string;
  readonly commit: string;
  /** Requests so far: "GET /path range authorization host". */
  readonly requests: string[];
  /** Faults to play, first come first served: a status, a cut after so many bytes, other bytes than listed, or no support of ranges. */
  readonly play: (PlayedFault | undefined)[];
  close(): Promise<void>;
}

export type PlayedFault = { readonly status: number; readonly retryAfter?: number } | { readonly cutAfter: number } | { readonly other: Buffer } | { readonly ignoreRange: true };

/** `token`: opens gated sets. `pageSize`: entries of one page of a list. */
export async function startHub(sets: { readonly [repo: string]: HubSet }, { token = 'hf_right', pageSize = 1000 }: { readonly token?: string; readonly pageSize?: number } = {}): Promise<TestHub> {
  const commit = createHash('sha1').update(JSON.stringify(Object.keys(sets))).digest('hex');
  const requests: string[] = [];
  const play: (PlayedFault | undefined)[] = [];
  const said = (request: IncomingMessage, host: string): void => { requests.push([request.url, request.headers.range, request.headers.authorization, host].filter(Boolean).join(' ')); };

  const store = createServer((request, response) => {
    said(request, 'store');
    const [, repo, path] = /^\/(.+?)\?path=(.+)$/u.exec(request.url!)!;
    sendBytes(request, response, sets[decodeURIComponent(repo!)]!.files[decodeURIComponent(path!)]!.bytes, play.shift());
  });
  const hub = createServer((request, response) => {
    said(request, 'hub');
    const url = new URL(request.url!, 'http://hub');
    const match = /^\/(?:api\/)?datasets\/((?:[^/]+\/)?[^/]+?)\/(revision|tree|resolve)\/([^/]+)(?:\/(.+))?$/u.exec(url.pathname);
    const set = match === null ? undefined : sets[match[1]!];
    const fail = (status: number, code: string): void => { response.writeHead(status, { 'x-error-code': code }).end(JSON.stringify({ error: code })); };
    if (set === undefined || match === null) return fail(401, 'RepoNotFound');
    const [, repo, verb, revision, path] = match;
    if (verb !== 'resolve' && !['main', commit].includes(decodeURIComponent(revision!))) return fail(404, 'RevisionNotFound');
    if (verb === 'revision') { response.end(JSON.stringify({ id: repo, sha: commit })); return; }
    if (verb === 'tree') { sendPage(response, set, url, hub, pageSize); return; }
    if (set.gated && request.headers.authorization !== `Bearer ${token}`) return fail(401, 'GatedRepo');
    const file = set.files[decodeURIComponent(path!)];
    if (file === undefined) return fail(404, 'EntryNotFound');
    if (file.large) { response.writeHead(302, { location: `http://127.0.0.1:${portOf(store)}/${encodeURIComponent(repo!)}?path=${encodeURIComponent(path!)}` }).end(); return; }
    sendBytes(request, response, file.bytes, play.shift());
  });
  await Promise.all([store, hub].map(async (server) => new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); })));
  return {
    endpoint: `http://127.0.0.1:${portOf(hub)}`, commit, requests, play,
    async close() { await Promise.all([store, hub].map(async (server) => { server.closeAllConnections(); await new Promise((done) => { server.close(done); }); })); },
  };
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

function sendPage(response: ServerResponse, set: HubSet, url: URL, hub: Server, pageSize: number): void {
  const from = Number(url.searchParams.get('cursor') ?? 0);
  const entries = Object.entries(set.files).map(([path, { bytes, large }]) => ({
    type: 'file', path, size: bytes.length, oid: createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
    ...(large ? { oid: '0'.repeat(40), lfs: { oid: createHash('sha256').update(bytes).digest('hex'), size: bytes.length, pointerSize: 132 } } : {}),
  }));
  url.searchParams.set('cursor', String(from + pageSize));
  const next = from + pageSize < entries.length ? { link: `<http://127.0.0.1:${portOf(hub)}${url.pathname}${url.search}>; rel="next"` } : {};
  response.writeHead(200, next).end(JSON.stringify([{ type: 'directory', path: 'data', size: 0 }, ...entries.slice(from, from + pageSize)]));
}

function sendBytes(request: IncomingMessage, response: ServerResponse, bytes: Buffer, fault: PlayedFault | undefined): void {
  if (fault !== undefined && 'status' in fault) { response.writeHead(fault.status, fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }).end(); return; }
  const range = fault !== undefined && 'ignoreRange' in fault ? undefined : /^bytes=(\d+)-$/u.exec(request.headers.range ?? '')?.[1];
  const sent = fault !== undefined && 'other' in fault ? fault.other : bytes.subarray(Number(range ?? 0));
  response.writeHead(range === undefined ? 200 : 206, { 'content-length': sent.length, ...(range === undefined ? {} : { 'content-range': `bytes ${range}-${bytes.length - 1}/${bytes.length}` }) });
  if (fault !== undefined && 'cutAfter' in fault) response.write(sent.subarray(0, fault.cutAfter), () => { setTimeout(() => response.socket?.destroySoon(), 20); }); // what was written arrives, then the end
  else response.end(sent);
}
