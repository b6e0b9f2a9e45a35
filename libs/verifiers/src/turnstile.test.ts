import { expect, it } from 'vitest';
import { Turnstile } from './turnstile.ts';

it('lets some in together or one alone, and whoever wants to be alone before those who came later', async () => {
  const turnstile = new Turnstile(2);
  const seen: string[] = [];
  const enter = (name: string, how: 'together' | 'alone') => turnstile.enter(how).then(() => { seen.push(name); });
  void enter('a', 'together'); void enter('b', 'together'); void enter('c', 'together'); void enter('x', 'alone'); void enter('y', 'alone');
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const after = async (): Promise<string> => { turnstile.leave(); await settle(); return seen.join(''); };
  await settle();
  expect(seen.join('')).toBe('ab');
  expect(await after()).toBe('ab'); // one is still in
  expect(await after()).toBe('abx');
  expect(await after()).toBe('abxy');
  expect(await after()).toBe('abxyc');
});
