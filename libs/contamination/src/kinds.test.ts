import { expect, it } from 'vitest';
import { filteredKinds, leakKindNames, leakKinds, leakKindsOf } from './kinds.ts';

it('has a name without a space for every kind', () => { expect(leakKindNames).toEqual([...leakKinds.map((kind) => kind.replaceAll(' ', '-')), 'all']); });

it.each([
  [null, filteredKinds], [[], filteredKinds], [['all'], leakKinds], [['short,Verbatim'], ['verbatim', 'short']], [['numbers changed', '13-gram'], ['numbers changed', '13-gram']],
])('reads %j as kinds in their order', (names, kinds) => { expect(leakKindsOf(names)).toEqual(kinds); });

it('leaves questions with other numbers to a filter that is told to drop them', () => { expect(leakKinds.filter((kind) => !filteredKinds.includes(kind))).toEqual(['numbers changed']); });

it('refuses a name that is no kind', () => { expect(() => leakKindsOf(['14-gram'], '--kinds')).toThrow('--kinds has "14-gram"; allowed: verbatim, options-re-ordered, numbers-changed, 13-gram, short, words-changed, all.'); });
