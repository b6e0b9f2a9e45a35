import { describe, expect, it } from 'vitest';
import { Credits } from './credits.ts';

describe('Credits', () => {
  it('gives as many as are free, at most what is asked', async () => {
    const credits = new Credits(5);
    expect(await credits.take(3)).toBe(3);
    expect(await credits.take(3)).toBe(2);
    expect(credits.free).toBe(0);
  });

  it('serves those who wait in order', async () => {
    const credits = new Credits(1);
    await credits.take();
    const order: string[] = [];
    const first = credits.take().then(() => order.push('first'));
    const second = credits.take().then(() => order.push('second'));
    credits.give();
    await first;
    expect(order).toEqual(['first']);
    credits.give();
    await second;
    expect(order).toEqual(['first', 'second']);
  });

  it('forgets who stops waiting', async () => {
    const credits = new Credits(1);
    await credits.take();
    const stop = new AbortController();
    const waiting = credits.take(1, stop.signal);
    stop.abort(new Error('no longer'));
    await expect(waiting).rejects.toThrow('no longer');
    credits.give();
    expect(credits.free).toBe(1);
  });

  it('refuses to get more back than it has', () => {
    expect(() => new Credits(2).give()).toThrow('more given back');
  });

  it('lets restored work claim beyond the total and admits nothing new until that is paid back', async () => {
    const credits = new Credits(1);
    credits.claim(3);
    let taken = false;
    void credits.take().then(() => { taken = true; });
    credits.give(2);
    await Promise.resolve();
    expect(taken).toBe(false);
    credits.give();
    await Promise.resolve();
    expect(taken).toBe(true);
  });
});
