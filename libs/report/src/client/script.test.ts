import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { clientScript } from './script.js';
import { together } from './together.ts';
import { unpack } from './unpack.ts';

describe('the script of the page', () => {
  it('is one program that imports nothing and cannot end its element', () => {
    expect(() => new Function(clientScript)).not.toThrow();
    expect(clientScript).not.toMatch(/\bimport\s*[({'"*]|<\/script|<!--|__vi/i);
    expect(clientScript).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|fetch\(|XMLHttpRequest/);
  });

  it('unpacks JSON in gzip in base64', async () => {
    expect(await unpack(gzipSync(JSON.stringify(['\u2028</script>', 1])).toString('base64'))).toEqual(['\u2028</script>', 1]);
    await expect(unpack('AAAA')).rejects.toThrow();
  });
});

describe('together', () => {
  it('says once what titles share', () => {
    expect(together(['best-of-N (last)', 'maj@N', 'best-of-N (min)', 'vote-sum (min)'])).toBe('best-of-N (last, min), maj@N, vote-sum (min)');
    expect(together([])).toBe('');
    expect(together(['greedy', 'greedy'])).toBe('greedy');
  });
});
