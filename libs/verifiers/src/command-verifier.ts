import { FaultError } from '@slowthink/faults';
import type { Verdict } from '@slowthink/records';
import { systemClock, type Clock } from '@slowthink/models';
import type { Observer } from '@slowthink/stream';
import { GraderSession, NoReply } from './grader-session.ts';
import { nameCommand } from './name-command.ts';
import { readReply } from './read-reply.ts';
import { Turnstile } from './turnstile.ts';
import { verdictOf } from './verdict-of.ts';
import { trialRequests, type Verifier, type VerifyRequest } from './verifier.ts';

export interface CommandOptions {
  /** Program and arguments, as `splitCommand` gives them. */
  readonly argv: readonly string[];
  /** For one item, counted from when everything sent before it is answered. */
  readonly timeoutMs: number;
  /** For the trial items after each start: a program may load something first. */
  readonly startTimeoutMs: number;
  /** Items the program holds at once. */
  readonly inFlightMax: number;
  /** How long to wait for a program that worked once and cannot be started again. 0: it is an error at once. */
  readonly giveUpAfterMs: number;
  /** Wait before the second start; doubles up to 30 s. Default 1000. */
  readonly backoffMs?: number;
  readonly observer?: Observer;
  readonly clock?: Clock;
}

const backoffMaxMs = 30_000;

/** The line an item is sent as; its id names it between here and the program only. */
const lineOf = ({ questionId, prompt, gold, text, truncated }: VerifyRequest, id: string): string =>
  JSON.stringify({ id, questionId, question: prompt.text, ...(prompt.history === undefined ? {} : { history: prompt.history }), gold, text, truncated });

/**
 * A program judges. It is started once and kept; each start is followed by two trial items, so a program that cannot be started or does not speak the protocol is GRADER_UNAVAILABLE here, before anything depends
 * on it, and later a pause of at most `giveUpAfterMs` in which it is started again. When it dies, hangs or writes what is no reply it is started anew and the items that may be to blame are asked once more, each
 * alone: whatever happens then is that item's own, GRADER_TIMEOUT, GRADER_DIED or GRADER_REPLY_INVALID. Items that were ended because of another one are asked again and count nothing.
 */
export async function commandVerifier(options: CommandOptions): Promise<Verifier> {
  const verifier = new CommandVerifier(options);
  await verifier.open();
  return verifier;
}

class CommandVerifier implements Verifier {
  readonly #options: CommandOptions;
  readonly #clock: Clock;
  readonly #name: string;
  readonly #turnstile: Turnstile;
  readonly #closing = new AbortController();
  #session: GraderSession | undefined;
  #starting: Promise<GraderSession> | undefined;
  #asked = 0;

  constructor(options: CommandOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#name = nameCommand(options.argv);
    this.#turnstile = new Turnstile(options.inFlightMax);
  }

  async open(): Promise<void> { this.#session = await this.#start(); }

  async describe(): Promise<{ readonly name: string }> { return { name: this.#name }; }

  async verify(request: VerifyRequest, signal?: AbortSignal): Promise<Verdict> {
    for (let attempt = 1; ;) {
      signal?.throwIfAborted();
      await this.#turnstile.enter(attempt === 1 ? 'together' : 'alone');
      try {
        signal?.throwIfAborted();
        const session = await this.#live();
        const judgement = readReply(await this.#ask(session, request));
        if (typeof judgement !== 'string') return verdictOf(request, judgement, 'command');
        throw new NoReply('wrong', `It replied, but ${judgement}.`);
      } catch (error) {
        if (!(error instanceof NoReply)) throw error;
        if (this.#closing.signal.aborted) throw this.#closing.signal.reason;
        if (!error.innocent && attempt++ === 2) throw this.#itemFault(request, error);
      } finally { this.#turnstile.leave(); }
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new FaultError('GRADER_UNAVAILABLE', `${this.#name} was closed.`));
    await this.#starting?.catch(() => {});
    await this.#session?.close();
  }

  #ask(session: GraderSession, request: VerifyRequest): Promise<object> {
    const id = String(++this.#asked);
    return session.ask(id, lineOf(request, id));
  }

  #itemFault(request: VerifyRequest, { kind, message }: NoReply): FaultError {
    const code = kind === 'silent' ? 'GRADER_TIMEOUT' : kind === 'wrong' ? 'GRADER_REPLY_INVALID' : 'GRADER_DIED';
    return new FaultError(code, `${this.#name} gave no verdict on ${request.id} of ${request.questionId}, twice. ${message}`);
  }

  #live(): Promise<GraderSession> {
    if (this.#session?.over === false) return Promise.resolve(this.#session);
    this.#starting ??= this.#patiently().then((session) => (this.#session = session)).finally(() => { this.#starting = undefined; });
    return this.#starting;
  }

  /** Starts until it works, 1, 2, 4 … 30 s apart, and says so. */
  async #patiently(): Promise<GraderSession> {
    const { giveUpAfterMs, backoffMs = 1000, observer } = this.#options;
    const since = this.#clock.now();
    for (let waitMs = backoffMs, tries = 0; ; waitMs = Math.min(waitMs * 2, backoffMaxMs), tries++) {
      this.#closing.signal.throwIfAborted();
      try {
        const session = await this.#start();
        if (tries > 0) observer?.({ kind: 'resumed', afterMs: this.#clock.now() - since });
        return session;
      } catch (error) {
        if (!(error instanceof FaultError) || this.#clock.now() - since >= giveUpAfterMs) throw error;
        observer?.({ kind: 'paused', code: error.code, message: error.message, retryInMs: waitMs });
        await this.#clock.sleep(waitMs, this.#closing.signal);
      }
    }
  }

  /** One start, with both trial items. GRADER_UNAVAILABLE. */
  async #start(): Promise<GraderSession> {
    const { argv, timeoutMs, startTimeoutMs } = this.#options;
    const session = new GraderSession({ argv, timeoutMs: startTimeoutMs });
    try {
      const replies = await Promise.all(trialRequests.map((request) => this.#ask(session, request)));
      for (const reply of replies) {
        const judgement = readReply(reply);
        if (typeof judgement === 'string') throw new NoReply('wrong', `It replied ${JSON.stringify(reply).slice(0, 200)}, but ${judgement}.`);
      }
      session.timeoutMs = timeoutMs;
      return session;
    } catch (error) {
      if (!(error instanceof NoReply)) throw error;
      await session.close();
      throw new FaultError('GRADER_UNAVAILABLE', `${this.#name} did not judge the two trial items: ${error.message}`, { cause: error });
    }
  }
}
