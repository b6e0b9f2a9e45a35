// --grader on the command line: real programs and a real HTTP server judge; open questions come to a sealed data set, and a rebuild needs neither program nor server.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { previewRows } from '@slowthink/tables';
import type { TreeRecord } from '@slowthink/records';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace, noRetries, sealedFiles, smallRun, summaryOf, type Ended } from './testing/command-line.ts';
import { after, first, replyOf, serverOf, startModelServer, status, type Behaviour, type ModelServer } from './testing/model-server.ts';

const place = new Workplace();
let server: ModelServer;

/** Right where the text ends with the gold answer. */
const gradeLines = `import { createInterface } from 'node:readline';
for await (const line of createInterface({ input: process.stdin })) {
  const { id, gold, text } = JSON.parse(line);
  console.log(JSON.stringify({ id, verdict: text.trim().endsWith(\`is \${gold.answer}.\`) ? 'right' : 'wrong' }));
}
`;
const openLines = (count: number): string => Array.from({ length: count }, (_, at) => `${JSON.stringify({ id: `o${at}`, question: `Case ${at}: what helps?`, answer: 'AB'[at % 2], kind: 'open' })}\n`).join('');

beforeAll(async () => {
  server = await startModelServer();
  place.write('open.jsonl', openLines(4));
  place.write('grade.mjs', gradeLines);
});
afterAll(async () => { await server.close(); place.close(); });

/** Whether a process runs; one that has ended and nobody asked after does not. */
const isAtWork = (pid: string): boolean => { try { return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '); } catch { return false; } };

const node = `command:${JSON.stringify([process.execPath, 'grade.mjs'])}`;
const run = (dir: string, grader: string, ...more: readonly string[]): Promise<Ended> => place.run(smallRun(server.policy, dir, '--questions', 'open.jsonl', '--grader', grader, ...more));
const treesOf = async (dir: string): Promise<readonly TreeRecord[]> => {
  const texts = await Promise.all([0, 1, 2, 3].map(async (at) => (await place.run(['inspect', 'tree', `open/train/o${at}`, '--dir', dir, '--json'])).stdout));
  return texts.flatMap((text) => text.trimEnd().split('\n').map((line) => JSON.parse(line) as TreeRecord));
};

describe('--grader command:', () => {
  it('takes open questions to a sealed data set, and a rebuild from trees and from events comes to the same bytes when the program is gone', async () => {
    place.write('gone.mjs', gradeLines);
    const ended = await run('commanded', `command:${process.execPath} gone.mjs`);
    expect(ended.code, ended.stderr).toBe(0);
    expect(summaryOf(ended)).toMatchObject({ trees: 4, faults: {}, stages: { expand: { in: 4, ok: 4, dropped: 0 } }, graded: { failed: 0, promptTokens: 0, completionTokens: 0 } });
    const dataset = place.path('commanded/dataset');
    const rows = await previewRows(dataset, 'prm', 100);
    expect(new Set(rows.map(({ polarity }) => polarity))).toEqual(new Set(['positive', 'negative']));
    for (const { polarity, final_answer: answer, gold } of rows) expect(polarity === 'positive', `${answer} for ${gold}`).toBe(answer === gold.toLowerCase());
    const sealed = sealedFiles(dataset);
    const card = readFileSync(join(dataset, 'README.md'), 'utf8');
    expect(card).toMatch(/command:node gone\.mjs@[0-9a-f]{12}/);
    expect(card).not.toContain(place.folder);

    rmSync(place.path('gone.mjs'));
    for (const from of ['trees', 'events']) {
      const rebuilt = await place.run(['rebuild', '--dir', 'commanded', '--from', from, '--out', place.path(`again-${from}`)]);
      expect(rebuilt.code, rebuilt.stderr).toBe(0);
      expect(sealedFiles(place.path(`again-${from}`))).toEqual(sealed);
    }
    expect((await place.run(['rebuild', '--dir', 'commanded', '--labels', 'hard'])).code).toBe(0);
    expect((await place.run(['seal', '--dir', 'commanded'])).code).toBe(0);
    expect(sealedFiles(dataset)).toEqual(sealed);
    const more = await place.run(['run', '--dir', 'commanded', '--json']); // a run would have to judge
    expect(more, more.stderr).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('the grader was command:node gone.mjs@') as string });
  });

  it('is remembered by the folder wherever the next command is typed, and another program in its place is another run', async () => {
    mkdirSync(place.path('own'));
    place.write('own/grade.mjs', gradeLines);
    expect((await run('remembered', `command:["${process.execPath}", "own/grade.mjs"]`)).code).toBe(0);
    const kept = (JSON.parse(readFileSync(place.path('remembered/run.json'), 'utf8')) as { grader: string; settings: { grader: string } });
    expect(kept.settings.grader).toContain(place.path('own/grade.mjs'));
    const again = await place.run(['run', '--dir', 'remembered', '--json']);
    expect(again.code, again.stderr).toBe(0);
    expect(summaryOf(again)).toMatchObject({ trees: 4, requests: 0 });
    place.write('own/grade.mjs', `${gradeLines}// edited\n`);
    const changed = await place.run(['run', '--dir', 'remembered', '--json']);
    expect(changed, changed.stderr).toMatchObject({ code: 2, stdout: '' });
    expect(changed.stderr).toContain(`DIR_SETTINGS_CHANGED ${place.path('remembered')}: the grader was ${kept.grader}, now it is command:node grade.mjs@`);
  });

  it('that cannot be started ends with exit 3 and what it said, before anything is written or asked', async () => {
    place.write('broken.mjs', 'console.error("no model found"); process.exit(4);\n');
    const asked = server.completions.length;
    for (const [grader, message] of [
      ['command:no-such-grader --x', 'GRADER_UNAVAILABLE command:no-such-grader@'], ['command:no-such-grader', 'no-such-grader cannot be started: spawn no-such-grader ENOENT. Start the program by hand'],
      [`command:${process.execPath} broken.mjs`, 'It ended with exit code 4. On stderr: no model found'], [`command:${process.execPath} absent.mjs`, 'Cannot find module'],
    ] as const) {
      const ended = await run('unstarted', grader);
      expect(ended, grader).toMatchObject({ code: 3, stdout: '' });
      expect(ended.stderr).toContain(message);
    }
    expect(existsSync(place.path('unstarted'))).toBe(false);
    expect(server.completions.length).toBe(asked);
  });

  it('with a fault on some answers ends with exit 0, and the faults say which', async () => {
    place.write('picky.mjs', gradeLines.replace("console.log", "if (/sign \\d*7 /.test(text)) { console.error('seven'); process.exit(1); }\n  console.log"));
    place.write('many.jsonl', openLines(12));
    const ended = await place.run(smallRun(server.policy, 'picky', '--questions', 'many.jsonl', '--grader', `command:${process.execPath} picky.mjs`));
    expect(ended.code, ended.stderr).toBe(0);
    const { faults, graded, stages } = summaryOf(ended) as ReturnType<typeof summaryOf> & { graded: { failed: number } };
    expect(Object.keys(faults)).toEqual(['GRADER_DIED']);
    expect(graded.failed).toBeGreaterThan(0);
    expect(stages['expand']).toMatchObject({ in: 12, open: 0 });
    const records = await place.faults('picky');
    expect(records[0]).toMatchObject({ code: 'GRADER_DIED', blame: 'record', message: expect.stringMatching(/^command:node picky\.mjs@\w+ gave no verdict on .* of many\/train\/o\d+, twice\. It ended with exit code 1\. On stderr: seven\.$/) as string });
  });

  it('that judges the trial items and breaks on every answer ends with exit 3 after seven faults, and the run goes on when it is mended', async () => {
    const flag = place.path('mended');
    place.write('breaking.mjs', gradeLines.replace('console.log', `if (!text.startsWith('Two and two') && !existsSync(${JSON.stringify(flag)})) { console.error('no such table'); process.exit(1); }\n  console.log`).replace('import', "import { existsSync } from 'node:fs';\nimport"));
    place.write('twelve.jsonl', openLines(12));
    const args = smallRun(server.policy, 'breaking', '--questions', 'twelve.jsonl', '--grader', `command:${process.execPath} breaking.mjs`);
    const ended = await place.run([...args, '--give-up', '1ms']);
    expect(ended, ended.stderr).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toMatch(/GRADER_UNAVAILABLE command:node breaking\.mjs@\w+ gave no verdict on \d+ answers in a row, each asked twice\. It ended with exit code 1\. On stderr: no such table/);
    expect(new Set((await place.faults('breaking')).map(({ key }) => key)).size).toBeLessThanOrEqual(7); // of twelve questions; an answer that is given twice has two faults
    const running = place.start(args);
    await running.says('Paused: GRADER_UNAVAILABLE');
    writeFileSync(flag, '');
    const again = await running.ended;
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toContain('Going on after');
    expect(summaryOf(again).stages['expand']).toMatchObject({ in: 12, open: 0 });
  });

  it('hears Ctrl-C while the program is opened, writes nothing and leaves no program behind', async () => {
    place.write('silent.mjs', `import { writeFileSync } from 'node:fs';\nwriteFileSync('silent.pid', String(process.pid));\nsetInterval(() => {}, 1000);\n`);
    const running = place.start(smallRun(server.policy, 'opening', '--questions', 'open.jsonl', '--grader', `command:${process.execPath} silent.mjs`), { SLOWTHINK_GRADING_START_MS: '1h' });
    while (!existsSync(place.path('silent.pid')) || readFileSync(place.path('silent.pid'), 'utf8') === '') await new Promise((resolve) => { setTimeout(resolve, 50); });
    running.kill('SIGINT');
    const ended = await running.ended;
    expect(ended.code, ended.stderr).toBe(0);
    expect(summaryOf(ended)).toMatchObject({ drained: true, requests: 0 });
    expect(existsSync(place.path('opening'))).toBe(false);
    expect(isAtWork(readFileSync(place.path('silent.pid'), 'utf8'))).toBe(false);
  });

  it('is what the folder began with for stages that ask no model, whatever they are given', async () => {
    expect((await run('stages', node)).code).toBe(0);
    const kept = readFileSync(place.path('stages/run.json'), 'utf8');
    const labelled = await place.run(['run', 'label', 'shard', '--dir', 'stages', '--grader', 'command:cat', '--policy', 'openai:http://127.0.0.1:1#other'], { SLOWTHINK_GRADING_TIMEOUT_MS: '1s', SLOWTHINK_GRADING_JUDGE_SAMPLES: '3' });
    expect(labelled.code, labelled.stderr).toBe(0);
    expect(readFileSync(place.path('stages/run.json'), 'utf8')).toBe(kept);
    const again = await place.run(['run', '--dir', 'stages', '--json']);
    expect(again.code, again.stderr).toBe(0);
  });

  it('keeps its time for an answer and for its start with the folder, and status names it', async () => {
    expect((await run('timed', node, '--grader-timeout', '77s')).code).toBe(0);
    const explained = await place.run(['run', '--explain', '--dir', 'timed']);
    expect(explained.stdout).toMatch(/^grading\.timeoutMs +1m17s +file run\.json/m);
    expect((JSON.parse(readFileSync(place.path('timed/run.json'), 'utf8')) as { settings: object }).settings).toMatchObject({ 'grading.timeoutMs': 77_000, 'grading.startMs': 60_000, 'grading.judgeTokens': 512 });
    expect((await place.run(['status', '--dir', 'timed'])).stdout).toMatch(/^Policy hash@\w+, run \w+, labels .*, grader command:node grade\.mjs@[0-9a-f]{12}\.$/m);
    expect(JSON.parse((await place.run(['status', '--dir', 'timed', '--json'])).stdout)).toMatchObject({ grader: expect.stringMatching(/^command:node grade\.mjs@/) as string });
  });

  it('comes to the same bytes with one answer before it at a time', async () => {
    const whole = await run('whole', node);
    expect(whole.code, whole.stderr).toBe(0);
    const slow = await run('slow', node, '--grader-in-flight', '1', '--in-flight', '2', '--trees', '1');
    expect(slow.code, slow.stderr).toBe(0);
    expect(sealedFiles(place.path('slow/dataset'))).toEqual(sealedFiles(place.path('whole/dataset')));
  });
});

describe('--grader judge:', () => {
  /** Right where the quoted solution ends with the quoted reference answer. */
  const judge: Behaviour = ({ prompt }, response) => {
    const reference = /Reference answer\n\| (\w)\n/.exec(prompt)![1]!;
    const [said] = [...prompt.matchAll(/^\| .*The answer is (\w)\.$/gm)].map(([, letter]) => letter!).slice(-1);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ choices: [{ index: 0, text: said === undefined ? 'Verdict: none' : `Verdict: ${said === reference ? 'right' : 'wrong'}`, finish_reason: 'stop' }], usage: { prompt_tokens: 100, completion_tokens: 4 } }));
  };
  const judgeServer = async (context: Parameters<typeof serverOf>[0]): Promise<ModelServer> => { const one = await serverOf(context); one.weights = 2; one.answer = judge; return one; };

  it('judges open questions; its tokens are counted apart, and the policy never sees a reference answer', async (context) => {
    const judging = await judgeServer(context);
    const asked = server.completions.length;
    const ended = await run('judged', `judge:${judging.policy}`);
    expect(ended.code, ended.stderr).toBe(0);
    const { requests, tokens, graded } = summaryOf(ended) as ReturnType<typeof summaryOf> & { graded: { judged: number; failed: number; promptTokens: number; completionTokens: number } };
    expect(requests).toBe(server.completions.length - asked);
    expect(graded).toMatchObject({ judged: judging.completions.length, failed: 0, promptTokens: 100 * judging.completions.length, completionTokens: 4 * judging.completions.length });
    expect(tokens).toBe(server.completions.slice(asked).map((one) => replyOf(one).usage).reduce((sum, { prompt_tokens, completion_tokens }) => sum + prompt_tokens + completion_tokens, 0)); // the policy's alone
    for (const { prompt } of server.completions) expect(prompt).not.toContain('Reference answer');
    expect(new Set(judging.completions.map(({ prompt }) => prompt)).size).toBe(judging.completions.length); // each answer once
    expect(readFileSync(place.path('judged/dataset/README.md'), 'utf8')).toMatch(/judge:hash@\w+/);

    for (const { gold, nodes } of await treesOf('judged')) {
      for (const { verdict } of nodes) if (verdict !== undefined) expect(verdict).toMatchObject({ rule: 'judge', status: verdict.normalised === String(gold.answer).toLowerCase() ? 'right' : 'wrong' });
    }

    await judging.close(); // a rebuild needs no judge
    const rebuilt = await place.run(['rebuild', '--dir', 'judged', '--from', 'events', '--out', place.path('judged-again')]);
    expect(rebuilt.code, rebuilt.stderr).toBe(0);
    expect(sealedFiles(place.path('judged-again'))).toEqual(sealedFiles(place.path('judged/dataset')));
  });

  it('is waited for when it is away, and comes to the same bytes', async (context) => {
    const [steady, leaving] = [await judgeServer(context), await judgeServer(context)];
    expect((await run('steady', `judge:${steady.policy}`)).code).toBe(0);
    leaving.answer = (asked, response) => (leaving.completions.length > 3 && leaving.completions.length < 9 ? status(503, 'Loading model') : judge)(asked, response);
    const running = place.start(smallRun(server.policy, 'leaving', '--questions', 'open.jsonl', '--grader', `judge:${leaving.policy}`), noRetries);
    await running.says('Paused: MODEL_OVERLOADED');
    const ended = await running.ended;
    expect(ended.code, ended.stderr).toBe(0);
    expect(sealedFiles(place.path('leaving/dataset'))).toEqual(sealedFiles(place.path('steady/dataset')));
  });

  it('that gives no readable reply costs nodes, with the fault GRADER_REPLY_INVALID', async (context) => {
    const babbling = await judgeServer(context);
    babbling.answer = after(0, first(6, (asked, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ choices: [{ index: 0, text: `It looks right to me, ${asked.seed}.`, finish_reason: 'stop' }] })); }, judge));
    const ended = await run('babbling', `judge:${babbling.policy}`, '--trees', '1', '--in-flight', '1');
    expect(ended.code, ended.stderr).toBe(0);
    expect(Object.keys(summaryOf(ended).faults)).toEqual(['GRADER_REPLY_INVALID']);
  });

  it('votes with as many tokens as the folder began with: others are another run', async (context) => {
    const judging = await judgeServer(context);
    const began = await place.run(smallRun(server.policy, 'votes', '--questions', 'open.jsonl', '--grader', `judge:${judging.policy}`), { SLOWTHINK_GRADING_JUDGE_TOKENS: '100' });
    expect(began.code, began.stderr).toBe(0);
    const { grader, judge: kept } = JSON.parse(readFileSync(place.path('votes/run.json'), 'utf8')) as { grader: string; judge: { model: string; revision: string } };
    expect(grader).toBe(`judge:hash@${kept.revision} 100 tokens`);
    expect((await place.run(['run', '--dir', 'votes', '--json'])).code).toBe(0);
    const other = await place.run(['run', '--dir', 'votes', '--json'], { SLOWTHINK_GRADING_JUDGE_TOKENS: '512' });
    expect(other, other.stderr).toMatchObject({ code: 2, stderr: expect.stringContaining(`the grader was ${grader}, now it is judge:hash@${kept.revision}.`) as string });
  });

  it('that nothing listens for, or that is the policy itself, is refused with what to type', async (context) => {
    const away = await judgeServer(context);
    await away.close();
    const ended = await run('away', `judge:${away.policy}`);
    expect(ended, ended.stderr).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toContain(`MODEL_UNREACHABLE The judge: GET http://127.0.0.1:${away.port}/v1/models failed: nothing listens there (ECONNREFUSED). Start the model server, or correct the address in --grader.`);

    const itself = await run('itself', `judge:${server.policy}`);
    expect(itself).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('SETTING_INVALID --grader judge: and --policy are the same model, hash') as string });
    expect(existsSync(place.path('itself'))).toBe(false);
    const twin = await serverOf(context); // the same weights elsewhere
    expect(await run('twin', `judge:${twin.policy}`)).toMatchObject({ code: 2, stderr: expect.stringContaining('the policy would see the reference answers') as string });
    expect(twin.completions).toEqual([]);
  });

  it('gets a key of its own, which stands nowhere, nor do name and password of its address', async (context) => {
    const judging = await judgeServer(context);
    const ended = await place.run(smallRun(server.policy, 'keyed', '--questions', 'open.jsonl', '--grader', `judge:${judging.policy}`), { SLOWTHINK_GRADING_API_KEY: 'sk-judge-4711' });
    expect(ended.code, ended.stderr).toBe(0);
    expect(new Set(judging.completions.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer sk-judge-4711']));
    expect(server.completions.some(({ authorization }) => authorization?.includes('judge'))).toBe(false);
    const named = await run('named', `judge:${judging.policy.replace('//', '//ann:sword@')}`);
    expect(named.code, named.stderr).toBe(0);
    for (const dir of ['keyed', 'named']) {
      for (const entry of readdirSync(place.path(dir), { recursive: true, withFileTypes: true })) if (entry.isFile()) expect(/sk-judge|sword|ann:/.test(readFileSync(join(entry.parentPath, entry.name), 'latin1')), entry.name).toBe(false);
    }
  });
});

describe.concurrent('--grader', () => {
  it.each<readonly [string, string]>([
    ['magic', 'SETTING_INVALID --grader is "magic"; allowed: rules, command:PROGRAM [ARGS…], judge:openai:URL#MODEL[@REVISION]. Leave --grader out for the rules'],
    ['command:', 'SETTING_INVALID --grader "command:": the program is missing after "command:".'],
    ['command:python3 "grade.py', 'a quote (") is not closed.'],
    ['command:["python3", 1]', 'the JSON list holds something that is no text.'],
    ['judge:hash', 'SETTING_INVALID --grader "judge:hash": it does not begin with "openai:". Write it as judge:openai:http://127.0.0.1:8080#MODEL'],
    ['judge:openai:http://ann:word@127.0.0.1:1', '--grader "judge:openai:http://***@127.0.0.1:1": the name of the model is missing after "#".'],
  ])('%s ends with exit 2, and nothing is written', async (grader, message) => {
    const ended = await run('nonsense', grader);
    expect(ended, ended.stderr).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(message);
    expect(existsSync(place.path('nonsense'))).toBe(false);
  });

  it('is explained by --help of run and doctor, and checked by doctor', async () => {
    for (const command of ['run', 'doctor']) expect((await place.run([command, '--help'])).stdout.replaceAll(/\s+/g, ' ')).toContain('--grader <text> Who judges answers: rules (of Slowthink), command:PROGRAM');
    const good = await place.run(['doctor', '--policy', server.policy, '--dir', 'checked', '--grader', node]);
    expect(good, good.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ok {6} Grader: command:node grade\.mjs@\w+; judged a right answer to 2 \+ 2 as right and a wrong one as wrong in \d+ ms\.$/m) as string });
    const bad = await place.run(['doctor', '--policy', server.policy, '--dir', 'checked', '--grader', 'command:no-such-grader']);
    expect(bad).toMatchObject({ code: 3, stdout: expect.stringMatching(/^MISSING {2}Grader: GRADER_UNAVAILABLE .*cannot be started/m) as string });
    expect((await place.run(['doctor', '--policy', server.policy, '--dir', 'checked'])).stdout).not.toContain('Grader');
  });
});

