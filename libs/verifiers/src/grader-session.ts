// One life of a grading program: started without a shell, JSON lines in and out in any order, ended with its process group.
import { spawn, type ChildProcess } from 'node:child_process';

export interface SessionOptions {
  readonly argv: readonly string[];
  /** How long the item that waits longest may wait, until `timeoutMs` of the session is set anew. */
  readonly timeoutMs: number;
}

/** Why an item got no reply. `innocent`: the program was ended because of another item. */
export class NoReply extends Error {
  readonly kind: 'silent' | 'ended' | 'not started' | 'wrong';
  readonly innocent: boolean;

  constructor(kind: NoReply['kind'], message: string, innocent = false) {
    super(message);
    this.kind = kind;
    this.innocent = innocent;
  }
}

const lineBytesMax = 1024 * 1024; // one reply
const stderrKept = 4000; // characters
const stderrShown = 600;
const endMs = 2000;
const pipesMs = 200; // what a program wrote before it ended is in its pipes; who holds them open longer is another process
const shortLine = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);

interface Waiting { readonly resolve: (value: object) => void; readonly reject: (reason: NoReply) => void }

/**
 * The clock runs for the item that was sent first and is not answered yet: a program that works on one item at a time has `timeoutMs` for each, however many wait behind it. When it runs out the program is
 * killed. A line that is no reply to an item that waits kills it too: whose reply it should have been is not known. Memory: the items in flight, one line, the end of stderr.
 */
export class GraderSession {
  readonly #child: ChildProcess | undefined; // undefined: the system refused to start it
  /** For items sent from now on. */
  timeoutMs: number;
  readonly #waiting = new Map<string, Waiting>();
  #timer: NodeJS.Timeout | undefined;
  #line: Buffer[] = [];
  #lineBytes = 0;
  #stderr = '';
  #why: NoReply | undefined; // set when it is over, or will be
  readonly #exited = Promise.withResolvers<void>();

  constructor({ argv, timeoutMs }: SessionOptions) {
    this.timeoutMs = timeoutMs;
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SLOWTHINK_'))); // keys of model servers are none of its business
    const refused = (error: Error): void => { this.#over(new NoReply('not started', `${argv[0]} cannot be started: ${error.message}.`)); this.#exited.resolve(); };
    try {
      this.#child = spawn(argv[0]!, argv.slice(1), { shell: false, detached: true, stdio: ['pipe', 'pipe', 'pipe'], env }); // a group of its own: Ctrl-C drains, and the answers in flight are still judged
    } catch (error) { refused(error as Error); return; } // E2BIG, ENOMEM
    this.#child.on('error', refused); // ENOENT, EACCES; EMFILE, without any pipe
    const { stdin, stdout, stderr } = this.#child as Partial<Pick<ChildProcess, 'stdin' | 'stdout' | 'stderr'>>;
    stdin?.on('error', () => {}); // it has ended: `exit` says so
    stdout?.on('data', (chunk: Buffer) => this.#read(chunk));
    stderr?.on('data', (chunk: Buffer) => { this.#stderr = (this.#stderr + chunk.toString()).slice(-stderrKept); });
    const ended = (code: number | null, signal: NodeJS.Signals | null): void => { this.#over(new NoReply('ended', `It ended ${signal === null ? `with exit code ${code}` : `by ${signal}`}.`)); this.#exited.resolve(); };
    let late: NodeJS.Timeout | undefined;
    this.#child.on('exit', (code, signal) => { late = setTimeout(() => { for (const pipe of [stdin, stdout, stderr]) pipe?.destroy(); ended(code, signal); }, pipesMs); });
    this.#child.on('close', (code, signal) => { clearTimeout(late); ended(code, signal); }); // its pipes are read to their end
  }

  get over(): boolean { return this.#why !== undefined; }

  /** Sends one line, resolves with the object that came back under `id`. Rejects with NoReply. */
  ask(id: string, line: string): Promise<object> {
    return new Promise((resolve, reject) => {
      if (this.#why !== undefined) { reject(new NoReply('ended', this.#why.message, true)); return; } // it was never asked
      this.#waiting.set(id, { resolve, reject });
      this.#child?.stdin?.write(`${line}\n`);
      if (this.#waiting.size === 1) this.#watch();
    });
  }

  /** Kills it; whoever waits is told. */
  abort(): void { this.#over(new NoReply('ended', 'It was stopped.', true)); }

  /** Ends its input and waits a moment for it to end by itself; not for others who hold its pipes. */
  async close(): Promise<void> {
    this.#over(new NoReply('ended', 'It was closed.', true), false);
    this.#child?.stdin?.end();
    const late = setTimeout(() => this.#kill(), endMs);
    await this.#exited.promise;
    clearTimeout(late);
  }

  #read(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      this.#line.push(chunk.subarray(from, at));
      const line = Buffer.concat(this.#line).toString().trim();
      [this.#line, this.#lineBytes, from] = [[], 0, at + 1];
      if (line !== '' && this.#why === undefined) this.#take(line);
    }
    this.#line.push(chunk.subarray(from));
    this.#lineBytes += chunk.length - from;
    if (this.#lineBytes > lineBytesMax) { this.#line = []; this.#over(new NoReply('wrong', `It wrote a line of more than ${lineBytesMax} bytes.`)); }
  }

  #take(line: string): void {
    let value: unknown;
    try { value = JSON.parse(line); } catch { /* named below */ }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) { this.#over(new NoReply('wrong', `It wrote ${shortLine(line)}, which is no JSON object; stdout is for replies, stderr for anything else.`)); return; }
    const { id } = value as { readonly id?: unknown };
    const item = typeof id === 'string' ? this.#waiting.get(id) : undefined;
    if (item === undefined) { this.#over(new NoReply('wrong', `It wrote ${shortLine(line)}, whose id is of no item that waits.`)); return; }
    const first = this.#waiting.keys().next().value === id;
    this.#waiting.delete(id as string);
    if (first) this.#watch();
    item.resolve(value);
  }

  #watch(): void {
    clearTimeout(this.#timer);
    const oldest = this.#waiting.keys().next().value;
    if (oldest !== undefined) this.#timer = setTimeout(() => this.#silent(oldest), this.timeoutMs);
  }

  #silent(oldest: string): void {
    const why = this.#said(new NoReply('silent', `It did not answer within ${this.timeoutMs / 1000} s.`));
    const item = this.#waiting.get(oldest)!;
    this.#waiting.delete(oldest);
    item.reject(why);
    this.#over(new NoReply('ended', 'It was ended because of another item.', true));
  }

  /** All items that wait end with this; the first reason counts. */
  #over(why: NoReply, kill = true): void {
    if (this.#why !== undefined) return;
    this.#why = this.#said(why);
    clearTimeout(this.#timer);
    if (kill) this.#kill();
    for (const { reject } of this.#waiting.values()) reject(this.#why);
    this.#waiting.clear();
  }

  #said({ kind, message, innocent }: NoReply): NoReply {
    const said = this.#stderr.split('\n').filter((line) => !/^\s+at /.test(line)).join(' ').replace(/\s+/g, ' ').trim(); // without the lines of a stack
    return new NoReply(kind, said === '' || innocent ? message : `${message} On stderr: ${said.slice(-stderrShown)}${/[.!?]$/.test(said) ? '' : '.'}`, innocent);
  }

  #kill(): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try { process.kill(-pid, 'SIGKILL'); } catch { this.#child!.kill('SIGKILL'); } // its whole group; it may be gone already
  }
}
