import { describe, expect, it } from 'vitest';
import { eventLoopTurns } from './event-loop-turns.ts';

describe('turns of the event loop', () => {
  it('are given one at a time and in order, with what the loop has to do between two of them', async () => {
    const turn = eventLoopTurns(), happened: string[] = [];
    const loop = (left: number): void => { if (left > 0) setImmediate(() => { happened.push('loop'); loop(left - 1); }); };
    loop(3);
    await Promise.all(['a', 'b', 'c'].map(async (name) => { await turn(); happened.push(name); }));
    expect(happened.filter((one) => one !== 'loop')).toEqual(['a', 'b', 'c']);
    expect(happened.indexOf('c') - happened.indexOf('a')).toBeGreaterThan(2); // something else ran between them
  });
});
