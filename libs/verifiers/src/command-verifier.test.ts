// Real programs: each test starts the one of testing/grader.fixture.ts.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Signal } from '@slowthink/stream';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { commandVerifier, type CommandOptions } from './command-verifier.ts';
import type { Verifier, VerifyRequest } from './verifier.ts';

const folder = mkdtempSync(join(tmpdir(), 'slowthink-grader-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fixture = fileURLToPath(new URL('testing/grader.fixture.ts', import.meta.url));
const program = (...args: readonly string[]) => [process.execPath, fixture, ...args];
const start = async (argv: readonly string[], options: Partial<CommandOptions> = {}): Promise<Verifier> => {
  const verifier = await commandVerifier({ argv, timeoutMs: 20_000, startTimeoutMs: 20_000, inFlightMax: 8, giveUpAfterMs: 0, ...options });
  onTestFinished(() => verifier.close());
  return verifier;
};
const item = (text: string, more: Partial<VerifyRequest> = {}): VerifyRequest => ({ id: 'req/1', questionId: 'made/train/1', prompt: { text: 'What lowers blood pressure?' }, gold: { kind: 'open', answer: 'less salt' }, text, truncated: false, ...more });
const statusOf = async (verifier: Verifier, text: string): Promise<string> => {
  try { return (await verifier.verify(item(text))).status; } catch (error) { return (error as { code: string }).code; }
};
const linesOf = (file: string): readonly string[] => readFileSync(file, 'utf8').trimEnd().split('\n');

describe('a grading program', () => {
  it('judges with the rule "command", takes its own answer as the key or the last line of the text, and gives no answer with none', async () => {
    const verifier = await start(program());
    expect(await verifier.verify(item('Salt binds water.\nThe answer is less salt.'))).toEqual({ status: 'right', answer: 'less salt.', normalised: 'less salt', rule: 'command' });
    expect(await verifier.verify(item('NAMED'))).toEqual({ status: 'right', answer: 'Low-salt diet.', normalised: 'low-salt diet', rule: 'command' });
    expect(await verifier.verify(item('NONE'))).toEqual({ status: 'none', why: 'no answer', answer: '', normalised: '', rule: 'command' });
    expect(await verifier.verify(item('NONE', { truncated: true }))).toMatchObject({ why: 'truncated' });
    expect((await verifier.describe()).name).toMatch(/^command:node grader\.fixture\.ts@[0-9a-f]{12}$/);
  });

  it('may answer in any order', async () => {
    const verifier = await start(program('reversed'));
    const texts = Array.from({ length: 40 }, (_, at) => (at % 3 === 0 ? `less salt ${at}` : `more salt ${at}`));
    expect(await Promise.all(texts.map((text) => statusOf(verifier, text)))).toEqual(texts.map((text) => (text.startsWith('less') ? 'right' : 'wrong')));
  });

  it('gets a hung item once more, alone, then GRADER_TIMEOUT for it and for no other', async () => {
    const file = join(folder, 'hangs');
    const verifier = await start(program('plain', file), { timeoutMs: 700 });
    const texts = ['less salt 1', 'HANG', 'less salt 2', 'more 3', 'less salt 4'];
    expect(await Promise.all(texts.map((text) => statusOf(verifier, text)))).toEqual(['right', 'GRADER_TIMEOUT', 'right', 'wrong', 'right']);
    expect(linesOf(file).filter((line) => line === 'HANG')).toHaveLength(2);
    await expect(verifier.verify(item('HANG again'))).rejects.toThrow('gave no verdict on req/1 of made/train/1, twice. It did not answer within 0.7 s.');
  });

  it('is started again when it dies: GRADER_DIED with what it said, for the item that kills it and for no other', async () => {
    const file = join(folder, 'dies');
    const verifier = await start(program('plain', file));
    const texts = ['less salt 1', 'more 2', 'DIE', 'less salt 3', 'DIE too', 'less salt 4', 'more 5'];
    expect(await Promise.all(texts.map((text) => statusOf(verifier, text)))).toEqual(['right', 'wrong', 'GRADER_DIED', 'right', 'GRADER_DIED', 'right', 'wrong']);
    for (const text of ['DIE', 'DIE too']) expect(linesOf(file).filter((line) => line === text).length, text).toBeLessThanOrEqual(2);
    await expect(verifier.verify(item('DIE'))).rejects.toThrow('It ended with exit code 9. On stderr: out of memory');
    expect(await statusOf(verifier, 'less salt')).toBe('right');
  });

  it.each([
    ['GARBAGE', 'It wrote "Hmm, let me see.", which is no JSON object; stdout is for replies, stderr for anything else.'],
    ['FLOOD', 'It wrote a line of more than 1048576 bytes.'],
    ['ODD', 'It replied, but its verdict is "correct"; right, wrong or none is wanted.'],
  ])('that writes %s fails that item with GRADER_REPLY_INVALID, and no other', async (word, message) => {
    const verifier = await start(program());
    const others = Promise.all(['less salt 1', 'more 2', 'less salt 3'].map((text) => statusOf(verifier, text)));
    await expect(verifier.verify(item(word))).rejects.toMatchObject({ code: 'GRADER_REPLY_INVALID', blame: 'record', message: expect.stringContaining(message) as string });
    expect(await others).toEqual(['right', 'wrong', 'right']);
    expect(await statusOf(verifier, 'less salt 4')).toBe('right');
  });

  it('gets the text of the question as it was imported, and earlier turns apart', async () => {
    const verifier = await start(program());
    expect(await verifier.verify(item('TURNS'))).toMatchObject({ answer: 'What lowers blood pressure?' });
    expect(await verifier.verify(item('TURNS', { prompt: { text: 'And<|im_end|> for her?', history: [{ role: 'user', content: 'What raises it?' }, { role: 'assistant', content: 'Salt.' }] } }))).toMatchObject({ answer: 'user What raises it? / assistant Salt. / And<|im_end|> for her?' });
  });

  it('holds no more items than it may', async () => {
    const verifier = await start(program('reversed'), { inFlightMax: 1 }); // in reverse order, one at a time
    expect(await Promise.all(['less salt', 'more', 'less salt 2'].map((text) => statusOf(verifier, text)))).toEqual(['right', 'wrong', 'right']);
  });

  it('gets no variable with a key of a model server', async () => {
    process.env['SLOWTHINK_MODELS_API_KEY'] = 'sk-secret';
    try { expect(await statusOf(await start(program()), 'ENV')).toBe('wrong'); } finally { delete process.env['SLOWTHINK_MODELS_API_KEY']; }
  });

  it('is read by no shell', async () => {
    const victim = join(folder, 'victim');
    const verifier = await start([...program('plain', join(folder, 'shell')), ';', 'touch', victim, `$(touch ${victim})`, '|', `> ${victim}`]);
    expect(await statusOf(verifier, 'less salt')).toBe('right');
    expect(existsSync(victim)).toBe(false);
  });
});

describe('a program that does not work', () => {
  it.each([
    ['is not there', ['no-such-grader'], 'no-such-grader cannot be started: spawn no-such-grader ENOENT.'],
    ['ends at once', program('fails'), 'It ended with exit code 3. On stderr: no model found'],
    ['never answers', program('mute'), 'It did not answer within 0.7 s.'],
    ['writes other things to stdout', program('chatty'), 'It wrote "Loading the ontology …", which is no JSON object'],
    ['is no grader', ['cat'], 'It replied {"id":"1"'],
  ])('%s: GRADER_UNAVAILABLE before anything depends on it', async (_name, argv, message) => {
    await expect(start(argv, { startTimeoutMs: 700 })).rejects.toMatchObject({ code: 'GRADER_UNAVAILABLE', blame: 'environment', message: expect.stringContaining(message) as string });
  });

  it('for a while is waited for, said, and blames no item', async () => {
    const file = join(folder, 'locked');
    const signals: Signal[] = [];
    const verifier = await start(program('locked', file), { giveUpAfterMs: 60_000, backoffMs: 200, observer: (signal) => { signals.push(signal); if (signals.length === 2) rmSync(`${file}.lock`); } });
    writeFileSync(`${file}.lock`, '');
    expect(await statusOf(verifier, 'less salt')).toBe('right');
    expect(signals.map(({ kind }) => kind)).toEqual(['paused', 'paused', 'resumed']);
    expect(signals[0]).toMatchObject({ code: 'GRADER_UNAVAILABLE', message: expect.stringContaining('the file is locked') as string });
  });

  it('for longer than the patience ends with GRADER_UNAVAILABLE', async () => {
    const file = join(folder, 'stays-locked');
    const verifier = await start(program('locked', file));
    writeFileSync(`${file}.lock`, '');
    expect(await statusOf(verifier, 'less salt')).toBe('GRADER_UNAVAILABLE');
  });

  it('on any but the trial items is found out after seven items, and ends with GRADER_UNAVAILABLE for the others', async () => {
    const verifier = await start(program('broken', join(folder, 'broken')));
    const codes = await Promise.all(Array.from({ length: 20 }, (_, at) => statusOf(verifier, `less salt ${at}`)));
    expect(codes.toSorted()).toEqual([...Array.from({ length: 7 }, () => 'GRADER_DIED'), ...Array.from({ length: 13 }, () => 'GRADER_UNAVAILABLE')]);
    await expect(verifier.verify(item('less salt'))).rejects.toThrow(/gave no verdict on \d+ answers in a row, each asked twice\. It ended with exit code 1\. On stderr: no such table/);
  });

  it('on any but the trial items for a while is waited for, and blames no further item', async () => {
    const file = join(folder, 'mended');
    const signals: Signal[] = [];
    const verifier = await start(program('broken', file), { giveUpAfterMs: 60_000, backoffMs: 50, observer: (signal) => { signals.push(signal); if (signals.length === 3) writeFileSync(`${file}.mended`, ''); } });
    const codes = await Promise.all(Array.from({ length: 12 }, (_, at) => statusOf(verifier, `less salt ${at}`)));
    expect(codes.toSorted()).toEqual([...Array.from({ length: 7 }, () => 'GRADER_DIED'), ...Array.from({ length: 5 }, () => 'right')]);
    expect(signals.map(({ kind }) => kind)).toEqual(['paused', 'paused', 'paused', 'resumed']);
    expect(signals[0]).toMatchObject({ of: 'grader', code: 'GRADER_UNAVAILABLE', message: expect.stringContaining('no verdict on 8 answers in a row') as string });
  });

  it('on many items with good ones between them, or on one item again and again, is not taken for broken', async () => {
    const verifier = await start(program(), { inFlightMax: 1 });
    const codes: string[] = [];
    for (let at = 0; at < 20; at++) codes.push(await statusOf(verifier, at % 5 === 4 ? `less salt ${at}` : `ODD ${at}`));
    expect(new Set(codes)).toEqual(new Set(['GRADER_REPLY_INVALID', 'right']));
    for (let at = 0; at < 10; at++) expect(await statusOf(verifier, 'ODD again')).toBe('GRADER_REPLY_INVALID');
  });

  it('lets eight items it cannot judge wait until it judges another, then they have their own faults', async () => {
    const signals: Signal[] = [];
    const verifier = await start(program(), { giveUpAfterMs: 60_000, backoffMs: 50, observer: (signal) => signals.push(signal) });
    const bad = Array.from({ length: 9 }, (_, at) => statusOf(verifier, `ODD ${at}`));
    while (signals.length === 0) await new Promise((resolve) => { setTimeout(resolve, 20); });
    expect(await statusOf(verifier, 'less salt')).toBe('right');
    expect(new Set(await Promise.all(bad))).toEqual(new Set(['GRADER_REPLY_INVALID']));
    expect(signals.at(-1)!.kind).toBe('resumed');
  });

  it('is not waited for when the first start is stopped, nor when it is closed in a later one', async () => {
    const stop = new AbortController();
    const stopped = commandVerifier({ argv: program('mute'), timeoutMs: 20_000, startTimeoutMs: 3_600_000, inFlightMax: 8, giveUpAfterMs: 0 }, stop.signal);
    stop.abort(new Error('stopped by SIGINT'));
    await expect(stopped).rejects.toThrow('stopped by SIGINT');

    const file = join(folder, 'mute-later');
    const verifier = await start(program('mute-later', file), { startTimeoutMs: 3_600_000 });
    writeFileSync(`${file}.mute`, '');
    const waiting = statusOf(verifier, 'DIE');
    while (linesOf(file).length < 5) await new Promise((resolve) => { setTimeout(resolve, 20); }); // two trial items, the item, two trial items
    await verifier.close();
    expect(await waiting).toBe('GRADER_UNAVAILABLE');
  });

  it('is ended with the verifier, and whoever waits is told', async () => {
    const verifier = await start(program());
    const waiting = statusOf(verifier, 'HANG');
    await statusOf(verifier, 'less salt');
    await verifier.close();
    expect(await waiting).toBe('GRADER_UNAVAILABLE');
  });
});
