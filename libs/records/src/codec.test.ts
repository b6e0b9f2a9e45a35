import { FaultError } from '@slowthink/faults';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeRecord } from './codec.ts';
import { topics } from './topics.ts';
import type { RolloutEvent } from './types.ts';

const rollout: RolloutEvent = { type: 'rollout', v: 1, questionId: 'made/train/1', treeId: 't', nodeId: '0.1', expansion: 1, round: 1, outcome: 'ok', right: 3, n: 10, none: 1, requestId: 't/0.1/rollout', usage: { requests: 1, samples: 10, promptTokens: 100, completionTokens: 200 } };
const { types } = topics.rollouts;

describe('decodeRecord', () => {
  it('gives back what was encoded', () => {
    expect(decodeRecord(encodeRecord(rollout), types)).toEqual(rollout);
  });

  it.each<readonly [string, string, string]>([
    ['text that is no JSON', '{"type":', 'The record is not JSON.'],
    ['a type of another topic', JSON.stringify({ ...rollout, type: 'tree' }), 'The record has type "tree"; this topic holds rollout, end.'],
    ['no object', 'null', 'The record has type undefined; this topic holds rollout, end.'],
    ['a later version', JSON.stringify({ ...rollout, v: 2 }), 'The rollout record has version 2; this program reads version 1.'],
    ['a missing field', JSON.stringify({ ...rollout, right: undefined }), "The rollout record is not valid: / must have required property 'right'."],
    ['a wrong type', JSON.stringify({ ...rollout, usage: { ...rollout.usage, samples: 'ten' } }), 'The rollout record is not valid: /usage/samples must be integer.'],
    ['a field nobody knows', JSON.stringify({ ...rollout, host: 'x' }), 'The rollout record is not valid: / must NOT have additional properties.'],
  ])('refuses %s and says where', (_name, text, message) => {
    expect(() => decodeRecord(text, types)).toThrowError(expect.objectContaining({ code: 'RECORD_INVALID', message }));
  });

  it('takes any text as a valid record or as RECORD_INVALID, and never throws anything else', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.record({ type: fc.constantFrom('rollout', 'end', 'x'), v: fc.constantFrom(1, 2, '1') }).map((value) => JSON.stringify({ ...rollout, ...value }))), (text) => {
      try { expect(types).toContain(decodeRecord(text, types).type); } catch (error) {
        if (!(error instanceof FaultError)) throw error;
        expect(error.code).toBe('RECORD_INVALID');
      }
    }), { numRuns: 1000 });
  });
});
