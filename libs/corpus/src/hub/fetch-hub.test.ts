import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readManifests, type KnownDataset } from '../manifests.ts';
import { readCorpus } from '../read-corpus.ts';
import { startHub, type TestHub } from '../testing/hub.ts';
import { fetchHub, type HubOptions } from './fetch-hub.ts';
import { parseHubName } from './hub-name.ts';
import { cacheFolder, hubSettings } from './hub-settings.ts';

const lines = (...rows: readonly object[]): Buffer => Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
const ward = lines({ question: 'Is it?', answer: 'yes' }, { question: 'Is it not?', answer: 'no' });
const expert = lines({ id: 'Text-0', question: 'Which?', options: { A: 'a', B: 'b' }, label: 'B', medical_task: 'x', body_system: 'y' });
const big = Buffer.from(Array.from({ length: 4000 }, (_, at) => `{"question":"Is it ${at}?","answer":"yes"}\n`).join(''));
const exam = lines(...['one', 'two'].map((word) => ({ question: `Which is ${word}?`, answer: 'b', options: { A: 'a', B: 'b', C: 'c', D: 'd' }, meta_info: 'step1', answer_idx: 'B', metamap_phrases: [] })));
const sets = {
  'ward/june': { files: { 'README.md': { bytes: Buffer.from('# June') }, 'test.jsonl': { bytes: ward } } },
  'ward/parts': { files: { 'data/test-00001-of-00002.jsonl': { bytes: ward }, 'data/test-00000-of-00002.jsonl': { bytes: ward }, 'data/train-00000-of-00001.jsonl': { bytes: ward }, 'dataset_infos.json': { bytes: Buffer.from('{}') } } },
  'ward/big': { files: { 'train.jsonl': { bytes: big, large: true } } },
  'ward/gated': { gated: true, files: { 'test.jsonl': { bytes: ward } } },
  'ward/empty': { files: { 'README.md': { bytes: Buffer.from('none') } } },
  'GBaker/MedQA-USMLE-4-options': { files: { 'phrases_no_exclude_train.jsonl': { bytes: exam, large: true }, 'phrases_no_exclude_test.jsonl': { bytes: exam } } },
  'TsinghuaC3I/MedXpertQA': { files: { 'Text/test.jsonl': { bytes: expert, large: true }, 'Text/dev.jsonl': { bytes: expert }, 'MM/test.jsonl': { bytes: expert } } },
};

let hub: TestHub;
let cache: string;
let manifests: readonly KnownDataset[];
beforeAll(async () => { hub = await startHub(sets, { pageSize: 2 }); manifests = await readManifests(); });
afterAll(async () => { await hub.close(); });
beforeEach(() => { cache = mkdtempSync(join(tmpdir(), 'hub-')); hub.requests.length = 0; hub.play.length = 0; });
afterEach(() => { rmSync(cache, { recursive: true }); });

const options = (more: Partial<HubOptions> = {}): HubOptions => ({ cache, endpoint: hub.endpoint, offline: false, manifests, stallMs: 5000, againMs: 1, ...more });
const fetched = async (given: string, more: Partial<HubOptions> = {}) => (await fetchHub(given, options(more))).map(({ path, dataset, split, known }) => [relative(cache, path), known?.manifest.name ?? dataset, split]);
const kept = (): readonly string[] => readdirSync(cache, { recursive: true, withFileTypes: true }).filter((each) => each.isFile()).map(({ name }) => name).sort();

describe('a name of the hub', () => {
  it('is owner and name, with a revision and a file, or a data set whose manifest says where it lies', () => {
    expect(parseHubName('hf:ward/june', [])).toEqual({ given: 'hf:ward/june', repo: 'ward/june', revision: 'main' });
    expect(parseHubName('hf:ward/june@v1.0/data/test.parquet', [])).toMatchObject({ repo: 'ward/june', revision: 'v1.0', file: 'data/test.parquet' });
    expect(parseHubName('hf:squad', [])).toMatchObject({ repo: 'squad', revision: 'main' });
    expect(parseHubName('hf:MedExpert', manifests)).toMatchObject({ repo: 'TsinghuaC3I/MedXpertQA', file: 'Text/test.jsonl' });
    expect(parseHubName('hf:medxpertqa@abc', manifests)).toMatchObject({ revision: 'abc', file: 'Text/test.jsonl' });
  });
  it.each(['hf:', 'hf:a b/c', 'hf:ward/../../etc', 'hf:ward/june/../../x', 'hf:/june'])('is not %j', (given) => {
    expect(() => parseHubName(given, [])).toThrow(expect.objectContaining({ code: 'SETTING_INVALID', message: `${JSON.stringify(given)} names nothing on a hub.` }));
  });
});

describe('a file of a hub', () => {
  it('is fetched once, and read under the name of its data set and the split of its name: a test split is a benchmark', async () => {
    const path = join('hub', 'ward--june', hub.commit, 'test.jsonl');
    expect(await fetched('hf:ward/june')).toEqual([[path, 'june', 'test']]);
    expect(await fetched('hf:ward/june')).toEqual([[path, 'june', 'test']]);
    expect(hub.requests.filter((line) => line.includes('/resolve/'))).toHaveLength(1);
    const ids: unknown[] = [];
    for await (const item of readCorpus({ paths: await fetchHub('hf:ward/june', options()), manifests })) if (item.kind === 'question') ids.push([item.question.id, item.question.role]);
    expect(ids).toEqual([['june/test/row-1', 'benchmark'], ['june/test/row-2', 'benchmark']]);
  });

  it('is the one that is named, the files of a folder, or those of a split, whose parts get names of their own', async () => {
    const at = (file: string): string => join('hub', 'ward--parts', hub.commit, ...file.split('/'));
    expect(await fetched('hf:ward/parts/train')).toEqual([[at('data/train-00000-of-00001.jsonl'), 'parts', 'train']]);
    expect(await fetched('hf:ward/parts/test')).toEqual([[at('data/test-00000-of-00002.jsonl'), 'parts-data-test-00000-of-00002', 'test'], [at('data/test-00001-of-00002.jsonl'), 'parts-data-test-00001-of-00002', 'test']]);
    expect((await fetched('hf:ward/parts/data')).map(([, name]) => name)).toEqual(['parts-data-test-00000-of-00002', 'parts-data-test-00001-of-00002', 'parts']);
    expect(await fetched('hf:ward/parts/data/train-00000-of-00001.jsonl')).toHaveLength(1);
  });

  it('that a manifest names is that manifest\'s, and its token stays with the hub', async () => {
    expect(await fetched('hf:medxpertqa', { token: 'hf_right' })).toEqual([[join('hub', 'TsinghuaC3I--MedXpertQA', hub.commit, 'Text', 'test.jsonl'), 'medxpertqa', 'test']]);
    expect(hub.requests.filter((line) => line.endsWith('hub')).every((line) => line.includes('Bearer hf_right'))).toBe(true);
    expect(hub.requests.filter((line) => line.endsWith('store'))).toEqual([expect.not.stringContaining('Bearer')]);
  });

  it('of a seed set is read as its training part', async () => {
    const read = [];
    for await (const item of readCorpus({ paths: await fetchHub('hf:medqa-train', options()), manifests })) if (item.kind === 'question') read.push([item.question.id, item.question.role, item.question.gold]);
    const gold = expect.objectContaining({ kind: 'choice', answer: 'B' }) as unknown;
    expect(read).toEqual([['medqa-train/train/row-1', 'train', gold], ['medqa-train/train/row-2', 'train', gold]]);
  });

  it('is whole after connections that were cut, more of them than tries, and appears only then', async () => {
    hub.play.push(...Array.from({ length: 12 }, () => ({ cutAfter: 10_000 })));
    const [[path]] = await fetched('hf:ward/big') as [[string]];
    expect(readFileSync(join(cache, path))).toEqual(big);
    const from = hub.requests.filter((line) => line.endsWith('store')).map((line) => Number(/bytes=(\d+)-/u.exec(line)?.[1] ?? 0)); // a cut may cost bytes that had come: how many is up to the socket
    expect([from.length, from]).toEqual([13, from.toSorted((a, b) => a - b)]);
    expect(kept()).toEqual(['main.json', 'train.jsonl']);
  });

  it('goes on with the part that an earlier process left, or from the beginning where the server knows no ranges', async () => {
    const part = join(cache, 'hub', 'ward--big', hub.commit, 'train.jsonl.part');
    for (const fault of [undefined, { ignoreRange: true } as const]) {
      rmSync(join(cache, 'hub'), { recursive: true, force: true });
      mkdirSync(join(part, '..'), { recursive: true });
      writeFileSync(part, big.subarray(0, 1000));
      hub.play.push(fault);
      const [[path]] = await fetched('hf:ward/big') as [[string]];
      expect(readFileSync(join(cache, path))).toEqual(big);
    }
    expect(hub.requests.filter((line) => line.endsWith('store')).every((line) => line.includes('bytes=1000-'))).toBe(true);
  });

  it('is refused when its bytes are not the listed ones, and nothing of it stays', async () => {
    hub.play.push({ other: Buffer.from(big).fill(0x78, 10, 11) });
    await expect(fetched('hf:ward/big')).rejects.toMatchObject({ code: 'HUB_FILE_CORRUPT', message: expect.stringMatching(/^hf:ward\/big \(train\.jsonl\): the sha256 of what came is [0-9a-f]{64}, the hub lists [0-9a-f]{64}\.$/u) as string });
    hub.play.push({ other: Buffer.from(ward).fill(0x78, 0, 1) });
    await expect(fetched('hf:ward/june')).rejects.toMatchObject({ code: 'HUB_FILE_CORRUPT', message: expect.stringContaining('the git hash of what came is') as string });
    expect(kept()).toEqual(['main.json', 'main.json']);
  });

  it('is refused when a manifest knows another checksum of it', async () => {
    const known = manifests.map((each) => (each.manifest.name === 'medxpertqa' ? { ...each, manifest: { ...each.manifest, file: { ...each.manifest.file, sha256: '0'.repeat(64) } } } : each));
    await expect(fetched('hf:medxpertqa', { manifests: known })).rejects.toMatchObject({ code: 'HUB_FILE_CORRUPT', message: expect.stringMatching(/^hf:medxpertqa is not the published file of medxpertqa: its sha256 is [0-9a-f]{64}, the manifest says 0{64}\.$/u) as string });
  });

  it('is asked for again after 429 and 503, and given up after five times', async () => {
    hub.play.push({ status: 429, retryAfter: 0 }, { status: 503, retryAfter: 0 });
    expect(await fetched('hf:ward/june')).toHaveLength(1);
    hub.play.push(...Array.from({ length: 5 }, () => ({ status: 429, retryAfter: 0 })));
    await expect(fetched('hf:ward/big')).rejects.toMatchObject({ code: 'HUB_OVERLOADED', attempts: { length: 5 }, message: expect.stringContaining('answered 429') as string });
  });

  it('of a gated set wants a token, and says which', async () => {
    await expect(fetched('hf:ward/gated')).rejects.toMatchObject({ code: 'HUB_UNAUTHORIZED', message: expect.stringMatching(/answered 401, the data set is gated\.$/u) as string, hint: expect.stringContaining('set HF_TOKEN to a token of that account') as string });
    await expect(fetched('hf:ward/gated', { token: 'hf_wrong' })).rejects.toMatchObject({ hint: expect.stringContaining('a token of the account that did') as string });
    expect(await fetched('hf:ward/gated', { token: 'hf_right' })).toHaveLength(1);
  });

  it.each([
    ['hf:ward/none', 'HUB_NOT_FOUND', /there is no such data set, or it is private\.$/u],
    ['hf:ward/june@v9', 'HUB_NOT_FOUND', /there is no such revision\.$/u],
    ['hf:ward/june/other.jsonl', 'HUB_NOT_FOUND', /names no file of the data set; its question files: test\.jsonl\.$/u],
    ['hf:ward/empty', 'HUB_NOT_FOUND', /names no file of the data set; it holds no question file\.$/u],
    ['hf:ward/parts', 'SETTING_INVALID', /holds 3 question files; its question files: data\/test-00000-of-00002\.jsonl, /u],
  ])('is not found by %s', async (given, code, message) => {
    await expect(fetched(given)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });
});

describe('without a hub', () => {
  /** A port that nobody listens on. */
  const nowhere = async (): Promise<string> => new Promise((done) => { const server = createServer().listen(0, '127.0.0.1', () => { const { port } = server.address() as { port: number }; server.close(() => { done(`http://127.0.0.1:${port}`); }); }); });

  it('a file that was never fetched is an error that says what to do', async () => {
    await expect(fetched('hf:ward/june', { endpoint: await nowhere() })).rejects.toMatchObject({ code: 'HUB_UNREACHABLE', message: expect.stringMatching(/^hf:ward\/june: no answer from 127\.0\.0\.1:\d+ \(ECONNREFUSED\)\.$/u) as string, hint: expect.stringMatching(/^Fetch the file on a machine with internet and give its path/u) as string });
    await expect(fetched('hf:ward/june', { offline: true })).rejects.toMatchObject({ code: 'HUB_UNREACHABLE', message: expect.stringContaining('HF_HUB_OFFLINE says that nobody is to be asked') as string });
    expect(existsSync(join(cache, 'hub'))).toBe(false);
  });

  it('a file that was fetched is taken from the cache: with a note when the hub is away, silently when nobody is to be asked', async () => {
    const before = await fetched('hf:ward/june');
    const notes: string[] = [];
    expect(await fetched('hf:ward/june', { endpoint: await nowhere(), note: (message) => { notes.push(message); } })).toEqual(before);
    expect(notes).toEqual([expect.stringContaining(`Taking hf:ward/june from the cache, as of commit ${hub.commit.slice(0, 8)}.`)]);
    hub.requests.length = 0;
    expect(await fetched('hf:ward/june', { offline: true, note: (message) => { notes.push(message); } })).toEqual(before);
    expect([hub.requests, notes.length]).toEqual([[], 1]);
  });

  it('an endpoint that is no hub is told from one that is away', async () => {
    await expect(fetched('hf:june', { endpoint: `${hub.endpoint}/nothing/here` })).rejects.toMatchObject({ code: 'HUB_NOT_FOUND' });
  });
});

describe('the environment', () => {
  it('says where the hub is, who asks, and whether anybody is asked', () => {
    expect(hubSettings('/c', {})).toEqual({ cache: '/c', endpoint: 'https://huggingface.co', token: undefined, offline: false });
    expect(hubSettings(null, { HF_ENDPOINT: 'http://mirror:8080/', HF_TOKEN: ' hf_x\n', HF_HUB_OFFLINE: '1', XDG_CACHE_HOME: '/x' })).toEqual({ cache: '/x/slowthink', endpoint: 'http://mirror:8080', token: 'hf_x', offline: true });
    expect(cacheFolder(null, { HOME: '/home/me' })).toBe('/home/me/.cache/slowthink');
    expect(() => hubSettings(null, { HF_ENDPOINT: 'mirror' })).toThrow(expect.objectContaining({ code: 'SETTING_INVALID', message: 'HF_ENDPOINT is "mirror", which is no http address.' }));
  });
});
