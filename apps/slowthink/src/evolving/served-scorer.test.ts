import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseScorer } from '@slowthink/models-openai';
import { describe, expect, it, onTestFinished } from 'vitest';
import { servedScorer } from './served-scorer.ts';

/** What --scorer says of a scorer with this scorer.json. */
function said(json: object, served = 'openai:http://127.0.0.1:8000#round-1-scorer@abc'): string {
  const folder = mkdtempSync(join(tmpdir(), 'slowthink-scorer-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'scorer.json'), JSON.stringify(json));
  return servedScorer(served, folder);
}
const trained = (logits: number, activation: string) => ({ scorer: 1, separator: '\n\n', logits, right: logits - 1, activation }); // as tools/training writes it

describe('a trained scorer on a server', () => {
  it.each([
    [trained(2, 'softmax'), 'medsss', 'values'], [trained(2, 'sigmoid'), 'medsss-sigmoid', 'logits'], [trained(1, 'sigmoid'), 'one-logit', 'values'], [{ scorer: 1, row: 'qwen-prm' }, 'qwen-prm', 'values'], [{ scorer: 1, row: 'medsss', activation: 'sigmoid' }, 'medsss-sigmoid', 'logits'],
  ])('%j is read by the row %s, of %s', (json, row, given) => {
    expect(parseScorer(said(json))).toMatchObject({ model: 'round-1-scorer', revision: 'abc', row, given });
  });

  it('that no row reads is refused; inside the process none is needed', () => {
    expect(() => said({ ...trained(2, 'softmax'), separator: ';' })).toThrow(expect.objectContaining({ code: 'SERVING_FAILED', message: expect.stringContaining('reads a scorer as no row of --scorer does') as string }) as Error);
    expect(said(trained(2, 'softmax'), 'onnx:/models/scorer')).toBe('onnx:/models/scorer');
  });
});
