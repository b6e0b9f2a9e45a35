import { ruleNamed } from '@slowthink/decoding';
import { describe, expect, it } from 'vitest';
import { unpack } from '../client/unpack.ts';
import { exampleRecords, smallExample } from '../testing/example-records.ts';
import { itemBlocks } from './item-blocks.ts';

const rules = [ruleNamed('maj')];

describe('itemBlocks', () => {
  it('packs rows by 512 and texts by 32, in order, and every item comes back', async () => {
    const records = [...exampleRecords({ ...smallExample, items: 545, candidates: 1, steps: 1, words: 2 })];
    const kinds: string[] = [], ids: string[] = [], steps: string[] = [];
    for await (const { markup } of itemBlocks(records, rules)) {
      const [, kind, first, packed] = /^<script type="application\/gzip" data-(rows|texts)="(\d+)">([A-Za-z0-9+/=]+)<\/script>\n$/.exec(markup)!;
      kinds.push(`${kind}${first}`);
      if (kind === 'rows') { expect(Number(first)).toBe(ids.length); ids.push(...(await unpack(packed!) as [string][]).map(([id]) => id)); }
      if (kind === 'texts') { expect(Number(first)).toBe(steps.length); steps.push(...(await unpack(packed!) as { candidates: { steps: string[] }[] }[]).map(({ candidates }) => candidates[0]!.steps[0]!)); }
    }
    expect(ids).toEqual(records.map(({ item }) => item.id));
    expect(steps).toEqual(records.map(({ candidates }) => candidates[0]!.steps[0]));
    expect(kinds.filter((kind) => kind.startsWith('rows'))).toEqual(['rows0', 'rows512']);
    expect(kinds.filter((kind) => kind.startsWith('texts'))).toHaveLength(18); // 17 x 32 = 544, and 1
  });

  it('writes a block before it asks for the items of the next: it never holds them all', async () => {
    let asked = 0;
    const counted = function* () { for (const record of exampleRecords({ ...smallExample, items: 200, candidates: 1, steps: 1, words: 2 })) { asked++; yield record; } };
    await itemBlocks(counted(), rules).next();
    expect(asked).toBe(32);
  });

  it('has no block without items', async () => expect(await itemBlocks([], rules).next()).toEqual({ done: true, value: undefined }));
});
