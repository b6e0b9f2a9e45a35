import { FaultError } from '@slowthink/faults';
import type { Verdict } from '@slowthink/records';
import { systemClock, type Clock } from '@slowthink/models';
import type { Observer } from '@slowthink/stream';
import { GraderSession, NoReply } from './grader-session.ts';
import { nameCommand } from './name-command.ts';
import { ProgramTrust } from './program-trust.ts';
import { readJudgement } from './read-judgement.ts';
import { Turnstile } from './turnstile.ts';
import { verdictOf } from './verdict-of.ts';
import { trialRequests, type GraderIdentity, type Verifier, type VerifyRequest } from './verifier.ts';

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
 *
 * When too many items in a row (`itemFaultsMax`) have no verdict it is the program: a pause of at most `giveUpAfterMs`, in which the items that wait are tried in turn, one at a time, until one is judged; none is blamed
 * meanwhile. Then GRADER_UNAVAILABLE.
 *
 * `stop` ends the first start: it rejects with the signal's reason. Afterwards the signal is not looked at, so that a drain still gets its verdicts.
 */
export async function commandVerifier(options: CommandOptions, stop?: AbortSignal): Promise<Verifier> {
  const verifier = new CommandVerifier(options);
  await verifier.open(stop);
  return verifier;
}

class CommandVerifier implements Verifier {
  readonly #options: CommandOptions;
  readonly #clock: Clock;
  readonly #name: string;
  readonly #turnstile: Turnstile;
  readonly #closing = new AbortController();
  readonly #trust = new ProgramTrust();
  #probe = { waitMs: 0, atMs: 0 }; // while the program is not believed: the next try, and the wait before it
  #session: GraderSession | undefined;
  #starting: Promise<GraderSession> | undefined;
  #asked = 0;

  constructor(options: CommandOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#name = nameCommand(options.argv);
    this.#turnstile = new Turnstile(options.inFlightMax);
  }

  async open(stop?: AbortSignal): Promise<void> { this.#session = await this.#start(stop); }

  async describe(): Promise<GraderIdentity> { return { name: this.#name }; }

  async verify(request: VerifyRequest, signal?: AbortSignal): Promise<Verdict> {
    for (let attempt = 1; ;) {
      signal?.throwIfAborted();
      const alone = attempt > 1 || this.#trust.lostMs !== undefined;
      await this.#turnstile.enter(alone ? 'alone' : 'together');
      try {
        signal?.throwIfAborted();
        if (this.#trust.lostMs !== undefined) {
          if (!alone) continue; // it was found out meanwhile: one at a time
          await this.#clock.sleep(Math.max(0, this.#probe.atMs - this.#clock.now()), signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal]));
        }
        const judgement = readJudgement(await this.#ask(await this.#live(), request));
        if (typeof judgement === 'string') throw new NoReply('wrong', `It replied, but ${judgement}.`);
        this.#judged();
        return verdictOf(request, judgement, 'command');
      } catch (error) {
        if (!(error instanceof NoReply)) throw error;
        if (this.#closing.signal.aborted) throw this.#closing.signal.reason;
        if (!error.innocent && (this.#trust.lostMs !== undefined || attempt++ > 1)) this.#blame(request, error);
      } finally { this.#turnstile.leave(); }
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new FaultError('GRADER_UNAVAILABLE', `${this.#name} was closed.`));
    await this.#starting?.catch(() => {});
    await this.#session?.close();
  }

  #judged(): void {
    const since = this.#trust.lostMs;
    if (this.#trust.judged()) this.#options.observer?.({ kind: 'resumed', of: 'grader', afterMs: this.#clock.now() - since! });
  }

  /** Throws the fault of an item without a verdict; returns where it is the program's, and the item is to be tried again. GRADER_UNAVAILABLE when patience is over. */
  #blame(request: VerifyRequest, why: NoReply): void {
    const { giveUpAfterMs, backoffMs = 1000, observer } = this.#options;
    const [now, found] = [this.#clock.now(), this.#trust.lostMs !== undefined];
    if (this.#trust.itemFailed(`${request.questionId}\n${request.text}`, now)) throw this.#itemFault(request, why);
    const fault = new FaultError('GRADER_UNAVAILABLE', `${this.#name} gave no verdict on ${this.#trust.failed} answers in a row, each asked twice. ${why.message}`, { cause: why });
    if (now - this.#trust.lostMs! >= giveUpAfterMs) throw fault;
    const waitMs = found ? Math.min(this.#probe.waitMs * 2, backoffMaxMs) : backoffMs;
    this.#probe = { waitMs, atMs: now + waitMs };
    observer?.({ kind: 'paused', of: 'grader', code: fault.code, message: fault.message, retryInMs: waitMs });
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
        const session = await this.#start(this.#closing.signal);
        if (tries > 0) observer?.({ kind: 'resumed', of: 'grader', afterMs: this.#clock.now() - since });
        return session;
      } catch (error) {
        if (!(error instanceof FaultError) || this.#clock.now() - since >= giveUpAfterMs) throw error;
        observer?.({ kind: 'paused', of: 'grader', code: error.code, message: error.message, retryInMs: waitMs });
        await this.#clock.sleep(waitMs, this.#closing.signal);
      }
    }
  }

  /** One start, with both trial items. GRADER_UNAVAILABLE; the reason of the signal. */
  async #start(stop?: AbortSignal): Promise<GraderSession> {
    stop?.throwIfAborted();
    const { argv, timeoutMs, startTimeoutMs } = this.#options;
    const session = new GraderSession({ argv, timeoutMs: startTimeoutMs });
    const abort = (): void => session.abort();
    stop?.addEventListener('abort', abort);
    try {
      const replies = await Promise.all(trialRequests.map((request) => this.#ask(session, request)));
      for (const reply of replies) {
        const judgement = readJudgement(reply);
        if (typeof judgement === 'string') throw new NoReply('wrong', `It replied ${JSON.stringify(reply).slice(0, 200)}, but ${judgement}.`);
      }
      session.timeoutMs = timeoutMs;
      return session;
    } catch (error) {
      if (!(error instanceof NoReply)) throw error;
      await session.close();
      stop?.throwIfAborted();
      throw new FaultError('GRADER_UNAVAILABLE', `${this.#name} did not judge the two trial items: ${error.message}`, { cause: error });
    } finally { stop?.removeEventListener('abort', abort); }
  }
}
