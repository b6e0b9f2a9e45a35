import type { Verdict } from '@slowthink/records';
import type { Signal } from '@slowthink/stream';
import { describe, expect, it } from 'vitest';
import type { Verifier, VerifyRequest } from './verifier.ts';
import { withVerdictCache } from './with-verdict-cache.ts';

const right: Verdict = { status: 'right', answer: 'x', normalised: 'x', rule: 'command' };
const item = (text: string, more: Partial<VerifyRequest> = {}): VerifyRequest => ({ id: text, questionId: 'made/train/1', prompt: { text: 'Which?' }, gold: { kind: 'open', answer: 'x' }, text, truncated: false, ...more });

/** A verifier that answers when told to. */
function held() {
  const calls: { readonly text: string; readonly signal: AbortSignal; readonly answer: (verdict: Verdict) => void; readonly fail: (error: Error) => void }[] = [];
  const verifier: Verifier = {
    describe: async () => ({ name: 'held' }), close: async () => {},
    verify: ({ text }, signal) => new Promise((answer, fail) => { calls.push({ text, signal: signal!, answer, fail }); signal!.addEventListener('abort', () => fail(signal!.reason as Error)); }),
  };
  return { calls, verifier };
}

describe('the cache of verdicts', () => {
  it('judges equal answers once, whether they come together or later, and sends what it knows them by', async () => {
    const { calls, verifier } = held();
    const signals: Signal[] = [];
    const cached = withVerdictCache(verifier, { observer: (signal) => signals.push(signal) });
    const both = Promise.all([cached.verify(item('a\r\nb  \n')), cached.verify(item('a\nb', { id: 'other' }))]);
    expect(calls.map(({ text }) => text)).toEqual(['a\nb']);
    calls[0]!.answer(right);
    expect(await both).toEqual([right, right]);
    expect(await cached.verify(item('  a\nb'))).toBe(right);
    expect(calls).toHaveLength(1);
    expect(signals.map((signal) => (signal.kind === 'graded' ? signal.change : ''))).toEqual(['cached', 'judged', 'cached']);
  });

  it('tells apart another question, another gold, another text and a text that was cut off', () => {
    const { calls, verifier } = held();
    const cached = withVerdictCache(verifier);
    for (const more of [{}, { questionId: 'made/train/2' }, { gold: { kind: 'open', answer: 'y' } as const }, { truncated: true }, { prompt: { text: 'Which?', history: [] } }]) void cached.verify(item('a', more));
    void cached.verify(item('b'));
    expect(calls).toHaveLength(6);
  });

  it('keeps no fault, and no more than it may, the least used out first', async () => {
    const { calls, verifier } = held();
    const cached = withVerdictCache(verifier, { entriesMax: 2 });
    const judge = async (text: string): Promise<void> => { const verdict = cached.verify(item(text)); calls.at(-1)!.answer(right); await verdict; };
    const failing = cached.verify(item('a'));
    calls[0]!.fail(new Error('no reply'));
    await expect(failing).rejects.toThrow('no reply');
    await judge('a');
    await judge('b');
    await cached.verify(item('a')); // used again
    await judge('c'); // b goes
    expect(calls.map(({ text }) => text)).toEqual(['a', 'a', 'b', 'c']);
    await cached.verify(item('a'));
    await judge('b');
    expect(calls.map(({ text }) => text)).toEqual(['a', 'a', 'b', 'c', 'b']);
  });

  it('lets one who waits leave, and cancels the call when all have left', async () => {
    const { calls, verifier } = held();
    const signals: Signal[] = [];
    const cached = withVerdictCache(verifier, { observer: (signal) => signals.push(signal) });
    const [one, two] = [new AbortController(), new AbortController()];
    const [first, second] = [cached.verify(item('a'), one.signal), cached.verify(item('a'), two.signal)];
    one.abort(new Error('partition lost'));
    await expect(first).rejects.toThrow('partition lost');
    expect(calls[0]!.signal.aborted).toBe(false);
    calls[0]!.answer(right);
    expect(await second).toBe(right);
    const third = cached.verify(item('b'), one.signal); // aborted before
    await expect(third).rejects.toThrow('partition lost');
    const three = new AbortController();
    const last = cached.verify(item('b'), three.signal);
    three.abort(new Error('stopped'));
    await expect(last).rejects.toThrow('stopped');
    expect(calls[1]!.signal.aborted).toBe(true);
    void cached.verify(item('b'));
    expect(calls).toHaveLength(3); // judged anew
    expect(signals.map((signal) => (signal.kind === 'graded' ? signal.change : ''))).toEqual(['cached', 'judged']); // cancelled is not failed
  });
});
