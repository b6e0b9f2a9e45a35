// What --grader may name: one row a form. The rules answer at once and need no verifier; a program or a chat model is one, behind a cache.
import { FaultError } from '@slowthink/faults';
import { composePolicy } from '@slowthink/models';
import { openaiPolicy, parsePolicy, type PolicyAddress } from '@slowthink/models-openai';
import type { Observer } from '@slowthink/stream';
import { commandVerifier, judgeVerifier, nameCommand, nameJudge, ofJudge, resolveCommand, splitCommand, withVerdictCache, type Verifier } from '@slowthink/verifiers';
import type { RunSettings } from './run-settings.ts';

export interface GraderForm {
  /** As it is typed. */
  readonly form: string;
  readonly takes: (text: string) => boolean;
  /** What can be said against it before anything is written. A program is started for it. SETTING_INVALID, GRADER_UNAVAILABLE. */
  readonly check: (settings: RunSettings) => Promise<void>;
  /** Its name as far as it is known without asking a server: the revision of a judge that a folder began with is believed until the server is asked. */
  readonly nameFor: (settings: RunSettings, began: string | undefined) => string;
  /** undefined: the rules of libs/answers. */
  readonly open: (settings: RunSettings, observer: Observer, giveUpAfterMs: number) => Promise<Verifier | undefined>;
  /** What run.json keeps: found again from any folder, without name and password. */
  readonly kept: (text: string) => string;
}

const describeMs = 60_000; // a judge that loads its weights answers 503 until it is ready

const forms: readonly GraderForm[] = [
  { form: 'rules', takes: (text) => text === 'rules', check: async () => {}, nameFor: () => 'rules', open: async () => undefined, kept: (text) => text },
  {
    form: 'command:PROGRAM [ARGS…]', takes: (text) => text.startsWith('command:'), nameFor: ({ grader }) => nameCommand(commandOf(grader)), kept: (text) => `command:${JSON.stringify(resolveCommand(commandOf(text)))}`,
    check: async (settings) => { await (await openCommand(settings, 0)).close(); },
    open: async (settings, observer, giveUpAfterMs) => withVerdictCache(await openCommand(settings, giveUpAfterMs, observer), { observer }),
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

const openCommand = (settings: RunSettings, giveUpAfterMs: number, observer?: Observer): Promise<Verifier> =>
  commandVerifier({ argv: commandOf(settings.grader), timeoutMs: settings['grading.timeoutMs'], startTimeoutMs: settings['grading.startMs'], inFlightMax: settings['grading.inFlight'], giveUpAfterMs, ...(observer === undefined ? {} : { observer }) });

function judgeOf(text: string): PolicyAddress {
  try { return parsePolicy(text.slice('judge:'.length)); } catch (error) {
    const fault = ofJudge(error) as FaultError;
    throw new FaultError('SETTING_INVALID', fault.message.replace('The judge: ', ''), { cause: error, hint: 'Write it as judge:openai:http://127.0.0.1:8080#MODEL or judge:openai:http://127.0.0.1:8080#MODEL@REVISION.' });
  }
}

function isSameModel(judge: PolicyAddress, policy: string): boolean {
  if (!policy.startsWith('openai:')) return false;
  const { url, model } = parsePolicy(policy);
  return judge.url === url && judge.model === model;
}

/** A model that judges its own answers sees the reference answers it must not see (law 8). */
export const selfJudging = (model: string): FaultError => new FaultError('SETTING_INVALID', `--grader judge: and --policy are the same model, ${model}: the policy would see the reference answers.`, { hint: 'Name another model as the judge, or use --grader rules or command:PROGRAM.' });

function judgeName({ grader, 'grading.judgeSamples': samples }: RunSettings, began: string | undefined): string {
  const { model, revision } = judgeOf(grader);
  if (revision !== undefined) return nameJudge({ model, revision }, samples);
  const believed = began?.startsWith(`judge:${model}@`) ? began.slice(`judge:${model}@`.length).replace(/ x\d+$/, '') : 'unknown';
  return nameJudge({ model, revision: believed }, samples);
}

/** Asked once who it is, without patience; then composed as a policy is, with limits of its own. Its tokens are counted apart from the policy's. */
async function openJudge(settings: RunSettings, observer: Observer, giveUpAfterMs: number): Promise<Verifier> {
  const { 'grading.apiKey': apiKey, 'grading.timeoutMs': timeoutMs, 'grading.inFlight': inFlightMax } = settings;
  const connect = (ms: number) => openaiPolicy({ ...judgeOf(settings.grader), ...(apiKey === null ? {} : { apiKey }), timeoutMs: ms, connections: inFlightMax });
  const first = connect(Math.min(timeoutMs, describeMs));
  let identity: { readonly model: string; readonly revision: string };
  try { const { model, revision } = await first.describe(); identity = { model, revision }; } catch (error) { throw ofJudge(error); } finally { await first.close(); }
  const policy = composePolicy(connect(timeoutMs), { inFlightMax, attemptsMax: settings['models.retries'] + 1, giveUpAfterMs, expected: identity, observer: apart(observer) });
  return withVerdictCache(judgeVerifier({ policy, identity, samples: settings['grading.judgeSamples'], tokensMax: settings['grading.judgeTokens'] }), { observer });
}

/** What a judge's requests cost as a signal of grading; its pauses as the grader's. */
const apart = (observer: Observer): Observer => (signal) => {
  if (signal.kind === 'request') {
    if (signal.change === 'answered') observer({ kind: 'graded', change: 'spent', promptTokens: signal.promptTokens ?? 0, completionTokens: signal.completionTokens ?? 0 });
  } else if (signal.kind === 'paused' || signal.kind === 'resumed') observer({ ...signal, of: 'grader' });
  else if (signal.kind !== 'limit') observer(signal);
};

function withoutCredentials(text: string): string {
  const [, address, model] = /^judge:openai:([^#]*)(.*)$/s.exec(text) ?? [];
  const url = address === undefined ? null : URL.parse(address);
  if (url === null || (url.username === '' && url.password === '')) return text;
  [url.username, url.password] = ['', ''];
  return `judge:openai:${url.href}${model}`;
}
