import { spawn } from 'node:child_process';

/** Something is missing on this machine; the message says what to do. Exit code 3. */
export class SetUpError extends Error {}

/** How a program ended: null when it could not be started; the last 4,000 characters of what it printed. */
export interface Ended { readonly code: number | null; readonly output: string }

/** Runs a program to its end, or until the signal ends it; without input. Never rejects. */
export function runProgram(command: string, args: readonly string[], signal?: AbortSignal): Promise<Ended> {
  return new Promise((done) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(signal === undefined ? {} : { signal }) });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output = (output + chunk.toString()).slice(-4000); });
    child.on('error', (error) => done({ code: null, output: error.message }));
    child.on('close', (code) => done({ code, output }));
  });
}
