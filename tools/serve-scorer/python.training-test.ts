// Loading, batches, sampling and texts, each against PyTorch, transformers or peft: pytest.
import { expect, test } from 'vitest';
import { runProgram } from '../node/run-program.ts';
import { scorerPython } from './start-scorer-server.ts';

test('every test in Python holds', async () => {
  const { code, output } = await runProgram(await scorerPython((line) => console.error(line)), ['-m', 'pytest', '-q', '--no-header', '-p', 'no:cacheprovider', '-W', 'ignore', import.meta.dirname]);
  expect(code, output).toBe(0);
  expect(output).toMatch(/\d\d passed/);
});
