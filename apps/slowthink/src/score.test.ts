// "slowthink score" with the scorer that ships: a value a step, the same for one text however it is given; what is wrong is said with exit 2 or 3.
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { Workplace } from './testing/command-line.ts';

const place = new Workplace();
afterAll(() => place.close());

const question = 'A child of 20 kg is ordered a drug at 5 mg/kg. How many mg?';
const steps = 'Step 1: Multiply the dose by the weight: 5 x 20 = 100 mg.\n\nStep 2: The answer is 100 mg.\n';
place.write('question.txt', `  ${question}\r\n`);
place.write('steps.txt', steps);

interface Scored { readonly scorer: { readonly model: string; readonly revision: string }; readonly steps: readonly { readonly step: number; readonly value: number | null; readonly text: string }[]; readonly usage: { readonly requests: number; readonly promptTokens: number; readonly completionTokens: number } }
const score = async (...args: readonly string[]): Promise<Scored> => {
  const ended = await place.run(['score', '--json', ...args]);
  expect(ended.code, ended.stderr).toBe(0);
  return JSON.parse(ended.stdout) as Scored;
};

describe('score', () => {
  it('gives Step 0 no value and every other step one, and prints number, value and text', async () => {
    const { scorer, steps: rows } = await score('--question', question, '--steps', 'steps.txt');
    expect(scorer).toEqual({ model: 'seed', revision: expect.stringMatching(/^[0-9a-f]+$/) as string });
    expect(rows.map(({ step, text }) => [step, text])).toEqual([[0, "Let's break down this problem step by step."], [1, 'Multiply the dose by the weight: 5 x 20 = 100 mg.'], [2, 'The answer is 100 mg.']]);
    expect(rows[0]!.value).toBe(null);
    for (const { value } of rows.slice(1)) { expect(value).toBeGreaterThan(0); expect(value).toBeLessThan(1); }
    const printed = await place.run(['score', '--question', question, '--steps', 'steps.txt']);
    expect(printed).toMatchObject({ code: 0, stderr: '' });
    expect(printed.stdout).toBe(['Step  Value  Text', ...rows.map(({ step, value, text }) => `   ${step}  ${value === null ? '    -' : value.toFixed(3)}  ${text}`), ''].join('\n'));
  });

  it('gives the same values for a question from a file, for steps with Step 0 before them, and for steps from stdin', async () => {
    const once = await score('--question', question, '--steps', 'steps.txt');
    place.write('whole.txt', `Step 0: Let's break down this problem step by step.\n\n${steps.replaceAll('\n', '\r\n')}`);
    expect(await score('--question-file', 'question.txt', '--steps', 'whole.txt')).toEqual(once);
    const piped = spawnSync(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url)), 'score', '--json', '--question', question, '--steps', '-'], { cwd: place.folder, encoding: 'utf8', input: steps });
    expect(piped.status, piped.stderr).toBe(0);
    expect(JSON.parse(piped.stdout)).toEqual(once);
    const paragraphs = steps.replaceAll(/Step \d: /g, '');
    expect(await score('--question', question, '--steps', place.write('paragraphs.txt', paragraphs), '--stepping', 'paragraph')).toEqual(once);
    expect((await score('--question', question, '--steps', 'paragraphs.txt')).steps).toHaveLength(2); // one marked step of two paragraphs
    const other = await score('--question', question, '--steps', place.write('other.txt', steps.replaceAll('100 mg', '4 mg')));
    expect(other.steps[2]!.value).not.toBe(once.steps[2]!.value);
  });
});

describe('a score by a chat model', () => {
  it('is its verdict on each step, and its tokens are said', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => { body += chunk.toString(); });
      request.on('end', () => {
        if (request.method === 'POST') asked.push(body);
        const answer = request.url === '/v1/models' ? { object: 'list', data: [{ id: 'big', object: 'model', owned_by: 'vllm' }] } : { choices: [{ index: 0, message: { role: 'assistant', content: 'Step 1: right\nStep 2: wrong' }, finish_reason: 'stop' }], usage: { prompt_tokens: 70, completion_tokens: 8 } };
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    try {
      const { scorer, steps: rows, usage } = await score('--question', question, '--steps', 'steps.txt', '--scorer', `judge:openai:http://127.0.0.1:${(server.address() as AddressInfo).port}#big@7`);
      expect([scorer, rows.map(({ value }) => value), usage]).toEqual([{ model: 'judge:big', revision: '7' }, [null, 1, 0], { requests: 1, promptTokens: 70, completionTokens: 8 }]);
      expect(asked).toHaveLength(1);
    } finally { server.close(); server.closeAllConnections(); }
  });
});

describe.concurrent('wrong use of score', () => {
  place.write('empty.txt', '\n');
  place.write('only-zero.txt', "Step 0: Let's break down this problem step by step.");
  it.each<readonly [string, number, readonly string[], string]>([
    ['no question', 2, ['--steps', 'steps.txt'], 'SETTING_INVALID No question is given. Give one of --question TEXT and --question-file FILE.'],
    ['two questions', 2, ['--question', question, '--question-file', 'question.txt', '--steps', 'steps.txt'], 'SETTING_INVALID --question and --question-file are both given.'],
    ['an empty question', 2, ['--question-file', 'empty.txt', '--steps', 'steps.txt'], 'SETTING_INVALID The question in empty.txt is empty.'],
    ['no steps', 2, ['--question', question], 'SETTING_INVALID No steps are given. Give --steps FILE, or --steps - to read them from stdin.'],
    ['a file without a step', 2, ['--question', question, '--steps', 'only-zero.txt'], 'SETTING_INVALID only-zero.txt holds no step to value. Write each step as "Step 1: …", with a blank line between steps.'],
    ['an unknown scorer', 2, ['--question', question, '--steps', 'steps.txt', '--scorer', 'big'], 'SETTING_INVALID --scorer is "big"; allowed: seed, onnx:DIR[#DTYPE], openai:URL#MODEL[@REVISION][&row=ROW], judge:openai:URL#MODEL[@REVISION], recorded:PATH.'],
    ['a missing file', 3, ['--question', question, '--steps', 'gone.txt'], 'QUESTION_FILE_MISSING There is no file gone.txt. Check the path given to --steps.'],
    ['a missing scorer', 3, ['--question', question, '--steps', 'steps.txt', '--scorer', 'onnx:gone'], 'MODEL_FOLDER_WRONG There is no folder'],
  ])('%s ends with exit %i', async (_name, code, args, message) => {
    const ended = await place.run(['score', ...args]);
    expect(ended, ended.stderr).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(message);
  });
});
