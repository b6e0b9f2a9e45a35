// What --grader may name: one row a form. The rules answer at once and need no verifier; a program or a chat model is one, behind a cache.
import { FaultError } from '@slowthink/faults';
import { composePolicy, type PolicyIdentity } from '@slowthink/models';
import { openaiPolicy, parsePolicy, type PolicyAddress } from '@slowthink/models-openai';
import { silent, type Observer } from '@slowthink/stream';
import { commandVerifier, judgeVerifier, nameCommand, nameJudge, ofJudge, resolveCommand, splitCommand, withVerdictCache, type JudgeVotes, type Verifier } from '@slowthink/verifiers';
import type { RunSettings } from './run-settings.ts';
import { withoutCredentials } from './without-credentials.ts';

export interface GraderForm {
  /** As it is typed. */
  readonly form: string;
  readonly takes: (text: string) => boolean;
  /** What can be said against it before anything is written. A program is started for it. SETTING_INVALID, GRADER_UNAVAILABLE. Stopped: rejects with the signal's reason. */
  readonly check: (settings: RunSettings, stop?: AbortSignal) => Promise<void>;
  /** Its name as far as it is known without asking a server: the judge that a folder began with is believed to have its revision still, until the server is asked. */
  readonly nameFor: (settings: RunSettings, began: PolicyIdentity | undefined) => string;
  /** undefined: the rules of libs/answers. Stopped while it opens: rejects with the signal's reason; later the signal is not looked at. */
  readonly open: (settings: RunSettings, opening: Opening) => Promise<Verifier | undefined>;
  /** What run.json keeps: found again from any folder, without name and password. */
  readonly kept: (text: string) => string;
}

export interface Opening {
  readonly observer: Observer;
  readonly giveUpAfterMs: number;
  readonly stop?: AbortSignal | undefined;
}

const describeMs = 60_000; // a judge that loads its weights answers 503 until it is ready

const forms: readonly GraderForm[] = [
  { form: 'rules', takes: (text) => text === 'rules', check: async () => {}, nameFor: () => 'rules', open: async () => undefined, kept: (text) => text },
  {
    form: 'command:PROGRAM [ARGS…]', takes: (text) => text.startsWith('command:'), nameFor: ({ grader }) => nameCommand(commandOf(grader)), kept: (text) => `command:${JSON.stringify(resolveCommand(commandOf(text)))}`,
    check: async (settings, stop) => { await (await openCommand(settings, { observer: silent, giveUpAfterMs: 0, stop })).close(); },
    open: async (settings, opening) => withVerdictCache(await openCommand(settings, opening), { observer: opening.observer }),
  },
  {
    form: 'judge:openai:URL#MODEL[@REVISION]', takes: (text) => text.startsWith('judge:'), kept: (text) => withoutCredentials(text), nameFor: judgeName,
    check: async ({ grader, policy }) => { const judge = judgeOf(grader); if (isSameModel(judge, policy)) throw selfJudging(judge.model); },
    open: openJudge,
  },
];

/** The row of --grader. SETTING_INVALID names every form. */
export function graderForm(text: string): GraderForm {
  const found = forms.find(({ takes }) => takes(text));
  if (found === undefined) throw new FaultError('SETTING_INVALID', `--grader is ${JSON.stringify(text.replace(/\/\/[^/@#]*@/, '//***@'))}; allowed: ${forms.map(({ form }) => form).join(', ')}.`, { hint: 'Leave --grader out for the rules; docs/graders.md has examples of the others.' });
  return found;
}

const commandOf = (text: string): readonly string[] => splitCommand(text.slice('command:'.length));

const openCommand = (settings: RunSettings, { observer, giveUpAfterMs, stop }: Opening): Promise<Verifier> =>
  commandVerifier({ argv: commandOf(settings.grader), timeoutMs: settings['grading.timeoutMs'], startTimeoutMs: settings['grading.startMs'], inFlightMax: settings['grading.inFlight'], giveUpAfterMs, observer }, stop);

const judgeOf = (text: string): PolicyAddress => parsePolicy(text.slice('judge:'.length), { flag: '--grader', before: 'judge:' });

const votesOf = ({ 'grading.judgeSamples': samples, 'grading.judgeTokens': tokensMax }: RunSettings): JudgeVotes => ({ samples, tokensMax });

function isSameModel(judge: PolicyAddress, policy: string): boolean {
  if (!policy.startsWith('openai:')) return false;
  const { url, model } = parsePolicy(policy);
  return judge.url === url && judge.model === model;
}

/** A model that judges its own answers sees the reference answers it must not see (law 8). */
export const selfJudging = (model: string): FaultError => new FaultError('SETTING_INVALID', `--grader judge: and --policy are the same model, ${model}: the policy would see the reference answers.`, { hint: 'Name another model as the judge, or use --grader rules or command:PROGRAM.' });

function judgeName(settings: RunSettings, began: PolicyIdentity | undefined): string {
  const { model, revision } = judgeOf(settings.grader);
  return nameJudge({ model, revision: revision ?? (began?.model === model ? began.revision : 'unknown') }, votesOf(settings));
}

/** Asked once who it is, without patience; then composed as a policy is, with limits of its own. Its tokens are counted apart from the policy's. */
async function openJudge(settings: RunSettings, { observer, giveUpAfterMs, stop }: Opening): Promise<Verifier> {
  const { 'grading.apiKey': apiKey, 'grading.timeoutMs': timeoutMs, 'grading.inFlight': inFlightMax } = settings;
  const connect = (ms: number) => openaiPolicy({ ...judgeOf(settings.grader), ...(apiKey === null ? {} : { apiKey }), timeoutMs: ms, connections: inFlightMax });
  const first = connect(Math.min(timeoutMs, describeMs));
  let identity: PolicyIdentity;
  try { const { model, revision } = await first.describe(stop); identity = { model, revision }; } catch (error) { throw ofJudge(error); } finally { await first.close(); }
  const policy = composePolicy(connect(timeoutMs), { inFlightMax, attemptsMax: settings['models.retries'] + 1, giveUpAfterMs, expected: identity, observer: apart(observer) });
  return withVerdictCache(judgeVerifier({ policy, identity, ...votesOf(settings) }), { observer });
}

/** What a judge's requests cost as a signal of grading; its pauses as the grader's. */
const apart = (observer: Observer): Observer => (signal) => {
  if (signal.kind === 'request') {
    if (signal.change === 'answered') observer({ kind: 'graded', change: 'spent', promptTokens: signal.promptTokens ?? 0, completionTokens: signal.completionTokens ?? 0 });
  } else if (signal.kind === 'paused' || signal.kind === 'resumed') observer({ ...signal, of: 'grader' });
  else if (signal.kind !== 'limit') observer(signal);
};
