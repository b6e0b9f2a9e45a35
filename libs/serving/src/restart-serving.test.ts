// Real processes: the model server of testing/server.fixture.ts.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { noteProcess, processStart } from '@slowthink/programs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { servingForm, type ServingOptions } from './serving-form.ts';
import type { ServedModel, Serving } from './serving.ts';

const fixture = fileURLToPath(new URL('testing/server.fixture.ts', import.meta.url));
const { signal } = new AbortController();
const model = (name: string, change: Partial<ServedModel> = {}): ServedModel => ({ name, model: `/evolution/${name}/model`, adapter: null, sha256: `${name}-hash`, ...change });

const freePort = (): Promise<number> => new Promise((resolve) => { const probe = createServer(); probe.listen(0, '127.0.0.1', () => { const { port } = probe.address() as { port: number }; probe.close(() => resolve(port)); }); });

async function open(does = 'serve', options: Partial<ServingOptions> = {}, given?: number): Promise<{ readonly serving: Serving; readonly folder: string; readonly url: string; readonly port: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'slowthink serving-')), port = given ?? await freePort(), url = `http://127.0.0.1:${port}`;
  const serving = servingForm(`restart:${url} ${JSON.stringify([process.execPath, fixture, `${port}`, '{name}', '{model}', does])}`, { folder, graceMs: 2000, ...options });
  onTestFinished(async () => { await serving.close(); rmSync(folder, { recursive: true, force: true }); });
  return { serving, folder, url, port };
}
const listed = async (url: string): Promise<unknown> => (await (await fetch(`${url}/v1/models`, { headers: { connection: 'close' } })).json() as { data: readonly { id: string; root: string }[] }).data;
const pidIn = (folder: string): number => (JSON.parse(readFileSync(join(folder, 'server-process.json'), 'utf8')) as { pid: number }).pid;

describe('a server that is restarted', () => {
  it('serves one model after the other, is asked once it lists it, and ends when it is closed', async () => {
    const { serving, folder, url } = await open('slow');
    expect(await serving.serve(model('round-1'), signal)).toBe(`openai:${url}#round-1@round-1-hash`);
    expect(await listed(url)).toMatchObject([{ id: 'round-1' }]);
    const first = pidIn(folder);
    expect(await serving.serve(model('round-1'), signal)).toBe(`openai:${url}#round-1@round-1-hash`);
    expect(pidIn(folder)).toBe(first);
    expect(await serving.serve(model('round-2'), signal)).toBe(`openai:${url}#round-2@round-2-hash`);
    expect(await listed(url)).toMatchObject([{ id: 'round-2' }]);
    expect(await processStart(first)).toBeUndefined();
    expect(serving.lasts()).toBe(false); // it ends with close
    const second = pidIn(folder);
    await serving.close();
    expect(await processStart(second)).toBeUndefined();
    expect(existsSync(join(folder, 'server-process.json'))).toBe(false);
    expect(readFileSync(join(folder, 'server.log'), 'utf8').match(/serving round-\d of \/evolution\/round-\d\/model/g)).toHaveLength(2);
  });

  it('that fails is quoted, and what was ended for it is named', async () => {
    const { serving, folder, url } = await open('fail second');
    await serving.serve(model('round-1'), signal);
    await expect(serving.serve(model('round-2'), signal)).rejects.toMatchObject({
      code: 'SERVING_FAILED', hint: `${join(folder, 'server.log')} holds all that it said.`,
      message: `round-2 is not served at ${url}: its server ended with exit code 1. It printed: Loading weights … RuntimeError: CUDA out of memory. round-1, which was served before, was ended for it.`,
    });
    expect(await serving.serve(model('round-1'), signal)).toBe(`openai:${url}#round-1@round-1-hash`); // the last good one comes back
  });

  it('that lists another model, or none in time, is ended again', async () => {
    const { serving, folder, url } = await open('wrong', { readyMs: 700 });
    await expect(serving.serve(model('round-1'), signal)).rejects.toMatchObject({ code: 'SERVING_FAILED', message: `round-1 is not served at ${url}: GET /v1/models does not list it after 0.7 s; it lists other.` });
    await expect(listed(url)).rejects.toThrow();
    expect(existsSync(join(folder, 'server-process.json'))).toBe(false);
  });

  it('that was left by an earlier Slowthink is ended first, also when it does not listen', async () => {
    const { serving, folder, url, port } = await open('serve', { graceMs: 100 });
    const left = spawn(process.execPath, [fixture, `${port}`, 'round-1', '/old', 'deaf'], { detached: true, stdio: 'ignore' });
    await noteProcess(join(folder, 'server-process.json'), left.pid!);
    while (!(await listed(url).then(() => true, () => false))) await new Promise((resolve) => { setTimeout(resolve, 20); });
    await serving.serve(model('round-1'), signal);
    expect(await listed(url)).toMatchObject([{ id: 'round-1', root: 'model' }]);
    expect(await processStart(left.pid!)).toBeUndefined();
  });

  it('is not mistaken for somebody else\'s on the same address', async () => {
    const { serving: others, port, url } = await open();
    await others.serve(model('round-1'), signal);
    const { serving } = await open('serve', {}, port);
    await expect(serving.serve(model('round-1'), signal)).rejects.toMatchObject({ message: expect.stringMatching(new RegExp(`^round-1 is not served at ${url}: its server ended with exit code 1\\. It printed: .*EADDRINUSE`)) as string });
    expect(await listed(url)).toMatchObject([{ id: 'round-1' }]);
  });

  it('stops waiting when it is told to, and leaves nothing running', async () => {
    const { serving, folder, url } = await open('wrong');
    const stop = new AbortController();
    const waiting = serving.serve(model('round-1'), stop.signal);
    waiting.catch(() => {});
    while (!existsSync(join(folder, 'server-process.json'))) await new Promise((resolve) => { setTimeout(resolve, 10); });
    stop.abort(new Error('stopped by SIGINT'));
    await expect(waiting).rejects.toThrow('stopped by SIGINT');
    await expect(listed(url)).rejects.toThrow();
  });

  it('may be a service that a command restarts and leaves', async () => {
    const { port, url, folder } = await open();
    const service = join(folder, 'restart.sh');
    writeFileSync(service, `pid=$(cat "${folder}/pid" 2>/dev/null) && kill $pid\n"${process.execPath}" "${fixture}" ${port} "$1" "$2" & echo $! > "${folder}/pid"\n`);
    const serving = servingForm(`restart:${url} sh '${service}' {name} {model}`, { folder, graceMs: 2000 });
    onTestFinished(() => { process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8'))); });
    expect(await serving.serve(model('round-1'), signal)).toBe(`openai:${url}#round-1@round-1-hash`);
    expect(await serving.serve(model('round-2'), signal)).toBe(`openai:${url}#round-2@round-2-hash`);
    expect(serving.lasts()).toBe(true);
    await serving.close();
    expect(await listed(url)).toMatchObject([{ id: 'round-2' }]);
  });

  it('needs an adapter where its command asks for one, and a program that is there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'slowthink-serving-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const serve = (command: string) => expect(servingForm(`restart:http://127.0.0.1:9 ${command}`, { folder }).serve(model('round-1'), signal)).rejects;
    await serve('vllm --lora-modules {name}={adapter}').toMatchObject({ code: 'SERVING_FAILED', message: 'round-1 has no LoRA adapter, and the command asks for {adapter}.' });
    await serve('no-such-server {model} {name}').toMatchObject({ code: 'SERVING_FAILED', message: 'round-1 is not served at http://127.0.0.1:9: no-such-server cannot be started: there is no such program.' });
  });
});

describe('the text of --serving', () => {
  it.each([
    ['embed', '--serving is "embed"; allowed: embedded, restart:URL PROGRAM ARGS… {model} {name}, lora:URL#BASE.'],
    ['openai:http://user:secret@host#m', '--serving is "openai:http://***@host#m"; allowed'],
    ['restart:', 'the URL is missing.'],
    ['restart:http://127.0.0.1:8000', 'the program is missing after'],
    ['restart:vllm serve {model}', '"vllm" is not a URL.'],
    ['restart:ftp://host serve {model} {name}', 'the URL begins with "ftp:", not with http: or https:.'],
    ['restart:http://host serve {model}', 'the server is not told under which name to list them: {name} is missing.'],
    ['restart:http://host serve {name}', 'the server is not told which weights to load: {model} or {adapter} is missing.'],
    ['restart:http://host serve {model} {name} {port}', '{port} is not known; there are {model}, {adapter}, {name}.'],
    ['lora:http://host', 'the name of the base model is missing after "#".'],
    ['lora:#llama', 'the URL is missing.'],
  ])('%j is refused with what is wrong', (text, message) => {
    expect(() => servingForm(text, { folder: '/nowhere' })).toThrow(expect.objectContaining({ code: 'SETTING_INVALID', message: expect.stringContaining(message) as string }) as Error);
  });
});

it.each(['restart:http://user:secret@host serve {model} {name}', 'lora:http://user:secret@host#llama'])('%j is named without user and password', (text) => {
  expect(servingForm(text, { folder: '/nowhere' }).name).toBe(text.replace('user:secret', '***'));
});

describe('a model inside this process', () => {
  it('is its folder; one without a graph is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'slowthink-serving-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const serving = servingForm('embedded', { folder });
    await expect(serving.serve(model('round-1', { model: folder }), signal)).rejects.toMatchObject({ code: 'SERVING_FAILED', message: `round-1 has no graph for the embedded engine: there is no file ${folder}/onnx/model.onnx.` });
    mkdirSync(join(folder, 'onnx'));
    writeFileSync(join(folder, 'onnx/model.onnx'), '');
    expect(await serving.serve(model('round-1', { model: folder }), signal)).toBe(`onnx:${folder}`);
    await serving.close();
  });
});
