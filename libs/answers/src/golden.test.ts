import { describe, expect, it } from 'vitest';
import { goldenOutputs } from './golden/all.ts';
import type { GoldenCase } from './golden/golden.ts';
import { grade } from './grade.ts';

function judges([gold, text, verdict, normalised]: GoldenCase): void {
  it(`judges ${JSON.stringify(text)} as ${verdict} (${gold.kind} ${JSON.stringify(gold.answer)})`, () => {
    const graded = grade(text, gold);
    const said = graded.why === 'several answers' ? 'several' : graded.why === 'truncated' ? 'truncated' : graded.status;
    expect([said, graded.normalised]).toEqual([verdict, normalised]);
    if (graded.status === 'none') expect(graded.answer).toBe('');
    else expect(graded.answer).not.toBe('');
  });
}

describe('handwritten outputs', () => {
  for (const [group, cases] of Object.entries(goldenOutputs)) describe(group, () => cases.forEach(judges));
  it('are more than 300, of every kind that a rule judges', () => {
    const kinds = Object.values(goldenOutputs).flat().map(([gold]) => gold.kind);
    expect(kinds.length).toBeGreaterThan(300);
    expect([...new Set(kinds)].toSorted()).toEqual(['choice', 'digit', 'name', 'number', 'span', 'text', 'yes-no-maybe']);
  });
});
