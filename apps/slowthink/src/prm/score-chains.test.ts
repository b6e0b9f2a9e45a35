import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FaultError } from '@slowthink/faults';
import { scriptedScorer, type ScoreRequest } from '@slowthink/models';
import { afterAll, describe, expect, it } from 'vitest';
import { requestOf, scoreChains, type JudgedChain } from './score-chains.ts';
import { openValuesFile } from './values-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'slowthink-values-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newPath = (): string => join(folder, `${files++}.jsonl`);

const chainOf = (id: string, ...steps: readonly string[]): JudgedChain => ({ kind: 'process-bench', subset: 'gsm8k', id, question: 'How many?', steps, label: -1, place: `gsm8k.json:${id}` });
const scorer = { model: 's', revision: '1' };
const value = ({ steps }: ScoreRequest, index: number): number => steps[index]!.length / 100;
const chains = ['1', '2', '3', '4', '5'].map((id) => chainOf(id, `Take ${id}.`, 'Stop.'));
const wrong = (id: string) => ({ value, fail: (request: ScoreRequest) => (request.id === id ? new FaultError('MODEL_CONTEXT_EXCEEDED', 'Too long.') : undefined) });

describe('the values of chains', () => {
  it('are asked for with the question as a policy sees it and the steps without their marks, Step 0 first', () => {
    expect(requestOf({ ...chainOf('1', 'Step 1: Take 5.', '**Step 2:** Add\n\n6.', '2. Stop. '), question: ' How\u2028many? ' })).toEqual({ id: '1', question: 'How\nmany?', steps: ["Let's break down this problem step by step.", 'Take 5.', 'Add\n6.', '2. Stop.'] });
  });

  it('come in the order of the chains, and a chain that cannot be valued has none and says why', async () => {
    const done: number[] = [];
    const scored = await scoreChains(chains, { scorer: scriptedScorer(wrong('3')), inFlightMax: 2, file: undefined, onDone: (count) => done.push(count) });
    expect(scored.values).toEqual([[0.07, 0.05], [0.07, 0.05], null, [0.07, 0.05], [0.07, 0.05]]);
    expect(scored.unscored.map(({ chain, fault }) => [chain.id, fault.code])).toEqual([['3', 'MODEL_CONTEXT_EXCEEDED']]);
    expect([scored.usage.requests, done]).toEqual([4, [1, 2, 3, 4, 5]]);
  });

  it('that were had before an outage ended the command are not asked for again', async () => {
    const path = newPath();
    const dying = scriptedScorer({ value, fail: (_request, call) => (call === 3 ? new FaultError('MODEL_UNREACHABLE', 'Nobody answers.') : undefined) });
    const first = openValuesFile(path, scorer);
    await expect(scoreChains(chains, { scorer: dying, inFlightMax: 1, file: first, onDone: () => {} })).rejects.toMatchObject({ code: 'MODEL_UNREACHABLE' });
    first.close();
    const again = scriptedScorer({ value }), second = openValuesFile(path, scorer);
    const scored = await scoreChains(chains, { scorer: again, inFlightMax: 1, file: second, onDone: () => {} });
    second.close();
    expect([again.requests.map(({ id }) => id), scored.fromFile, scored.values.length]).toEqual([['4', '5'], 3, 5]);
    expect(scored).toEqual({ ...await scoreChains(chains, { scorer: scriptedScorer({ value }), inFlightMax: 1, file: undefined, onDone: () => {} }), fromFile: 3 });
  });
});

describe('the file of values', () => {
  it('loses nothing but a last line that a kill cut off', () => {
    const path = newPath(), reply = { values: [0.5, 1], usage: { requests: 1, promptTokens: 9, completionTokens: 0 } };
    const file = openValuesFile(path, scorer);
    file.add('a', reply);
    file.close();
    const before = readFileSync(path, 'utf8');
    appendFileSync(path, '{"key":"b","sco');
    const again = openValuesFile(path, scorer);
    expect([...again.known]).toEqual([['a', reply]]);
    again.add('c', reply);
    again.close();
    expect(readFileSync(path, 'utf8')).toBe(`${before}${before.split('\n')[1]!.replace('"a"', '"c"')}\n`);
  });

  it('begins again where the kill came in its first line', () => {
    const path = newPath();
    writeFileSync(path, '{"values":1,"scorer":{"mod');
    openValuesFile(path, scorer).close();
    expect(readFileSync(path, 'utf8')).toBe('{"values":1,"scorer":{"model":"s","revision":"1"}}\n');
  });

  it('of another scorer, and any other file, is refused and not touched', () => {
    const path = newPath(), foreign = newPath();
    openValuesFile(path, scorer).close();
    expect(() => openValuesFile(path, { model: 's', revision: '2' })).toThrow(`${path} holds values of the scorer s@1; now it is s@2.`);
    for (const text of ['id,value\n1,2\n', '{"id":1}\n', 'no line end']) {
      writeFileSync(foreign, text);
      expect(() => openValuesFile(foreign, scorer)).toThrow('is in the way: it holds no values of an earlier evaluate-prm.');
      expect(readFileSync(foreign, 'utf8')).toBe(text);
    }
  });
});
