// One life of a program: what the system, and processes that the program leaves behind, can do to it.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { GraderSession, type NoReply } from './grader-session.ts';

const session = (argv: readonly string[]): GraderSession => new GraderSession({ argv, timeoutMs: 15_000 });
const failure = (reply: Promise<object>): Promise<NoReply> => reply.then(() => { throw new Error('it replied'); }, (error: NoReply) => error);

/** Starts a process outside its group that holds its pipes for much longer than a test may take. */
const leaves = (then: string): readonly string[] => ['sh', '-c', `setsid sleep 25 & ${then}`];

describe('a program that leaves a process behind', () => {
  it('has died when it ends, whoever still holds its pipes', async () => {
    expect(await failure(session(leaves('read line; exit 9')).ask('1', '{}'))).toMatchObject({ kind: 'ended', message: 'It ended with exit code 9.' });
  });

  it('is heard to its last word', async () => {
    expect(await session(leaves(`read line; echo '{"id":"1"}'; exit 9`)).ask('1', '{}')).toEqual({ id: '1' });
  });

  it('is closed without waiting for that process', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'slowthink-session-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const marker = join(folder, 'over');
    const one = session(['sh', '-c', `setsid sh -c 'sleep 25; touch "$0"' "$0" & while read line; do echo '{"id":"1","left":'$!'}'; done`, marker]);
    const { left } = await one.ask('1', '{}') as { readonly left: number };
    await one.close();
    expect(existsSync(marker)).toBe(false); // it is still at work
    process.kill(-left, 'SIGKILL');
  });
});

describe('a program that the system refuses to start', () => {
  it('for the length of its arguments is named, and closing it is no error', async () => {
    const one = session(['cat', 'x'.repeat(4_000_000)]);
    expect(await failure(one.ask('1', '{}'))).toMatchObject({ kind: 'ended', message: 'cat cannot be started: spawn E2BIG.' });
    await one.close();
  });

  it('for want of file handles is named', async () => {
    const script = `
      const { openSync } = await import('node:fs');
      const { GraderSession } = await import(${JSON.stringify(new URL('grader-session.ts', import.meta.url).href)});
      for (;;) { try { openSync('/dev/null'); } catch { break; } }
      const session = new GraderSession({ argv: ['cat'], timeoutMs: 5000 });
      await session.ask('1', '{}').catch(({ kind, message }) => console.log(kind, message));
      await session.close();`;
    const { stdout } = await promisify(execFile)('sh', ['-c', 'ulimit -n 256; exec "$0" --input-type=module -e "$1"', process.execPath, script], { cwd: fileURLToPath(new URL('.', import.meta.url)) });
    expect(stdout).toBe('not started cat cannot be started: spawn cat EMFILE.\n');
  });
});
