// What --policy and --scorer may name: one row a form. The embedded engine is loaded when it is opened: a command that does not need it does not wait for it.
import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { FaultError } from '@slowthink/faults';
import { composePolicy, composeScorer, ofScorer, type Policy, type PolicyIdentity, type StepScorer } from '@slowthink/models';
import type { OnnxAddress } from '@slowthink/models-onnx';
import { openaiPolicy, openaiScorer, parsePolicy, parseScorer, type PolicyAddress } from '@slowthink/models-openai';
import { probeSolution } from '@slowthink/prompts';
import type { VerdictsRecord } from '@slowthink/records';
import { itemsFileOf, readItems } from '@slowthink/results';
import { seedPolicyDir, seedScorerDir } from '@slowthink/seed-models';
import { silent, type Observer } from '@slowthink/stream';
import { stepJudge, type JudgeVotes } from '@slowthink/verifiers';
import { hashOfRecording, isRecorded, openRecording, pathOfRecorded, policyOf } from './recording.ts';
import { recordedScorer } from './recorded-scorer.ts';
import { importedPolicy } from './imported-policy.ts';
import type { RunSettings } from './run-settings.ts';
import { withoutCredentials } from './without-credentials.ts';

interface Form {
  /** As it is typed; undefined for what nobody types. */
  readonly form: string | undefined;
  readonly takes: (text: string) => boolean;
  /** What can be said against it before anything is opened: SETTING_INVALID (the text), MODEL_FOLDER_WRONG (no such folder). */
  readonly check: (text: string) => Promise<void>;
}

export interface PolicyForm extends Form {
  /** Runs inside this process: nothing to wait for when it fails, and opening it costs what loading it costs. */
  readonly embedded: boolean;
  readonly recipe: string; // when none is named
  /** sha256 of what answers, where that is a file and not a model: another one is another run. */
  readonly content?: (text: string) => Promise<string>;
  /** What a run folder knows the model by; its weights are told by the revision. SETTING_INVALID. */
  readonly modelName: (text: string) => Promise<string>;
  readonly open: (settings: RunSettings, observer?: Observer) => Promise<Policy>;
  /** What run.json keeps: found again from any folder, without name and password. */
  readonly kept: (text: string) => Promise<string>;
}

export interface ScorerForm extends Form {
  /** Runs inside this process, or asks nobody: nothing to wait for when it fails. */
  readonly embedded: boolean;
  /** What a run folder knows the scorer by, before it is opened. SETTING_INVALID, RESULTS_MISSING, RESULTS_BROKEN. */
  readonly modelName: (text: string) => Promise<string>;
  /** Ready to be asked: a server is described once without patience, then limited, pinned, retried and waited for as long as models.giveUpMs says. */
  readonly open: (settings: RunSettings, observer?: Observer) => Promise<StepScorer>;
  /** What run.json keeps: found again from any folder, without name and password. */
  readonly kept: (text: string) => Promise<string>;
}

const isSeed = (text: string): boolean => text === 'seed';
const isOnnx = (text: string): boolean => text.startsWith('onnx:');
const isServer = (text: string): boolean => text.startsWith('openai:');
const asIs = (text: string): Promise<string> => Promise.resolve(text);

const policyForms: readonly PolicyForm[] = [
  {
    form: 'seed', takes: isSeed, check: async () => checkFolderThere(seedPolicyDir()), modelName: asIs, kept: asIs, embedded: true, recipe: 'seed-cpu',
    open: (settings, observer) => openEmbedded(settings, { dir: seedPolicyDir() }, 'seed', observer),
  },
  {
    form: 'onnx:DIR[#DTYPE]', takes: isOnnx, check: checkOnnx, modelName: nameOfFolder, kept: withFolderFromRoot, embedded: true, recipe: 'meds3-v2',
    open: async (settings, observer) => openEmbedded(settings, await folderOf(settings.policy), await nameOfFolder(settings.policy), observer),
  },
  {
    form: 'openai:URL#MODEL[@REVISION]', takes: isServer, check: async (text) => { parsePolicy(text); }, modelName: async (text) => parsePolicy(text).model, kept: async (text) => withoutCredentials(text), embedded: false, recipe: 'meds3-v2',
    open: openServer,
  },
  {
    form: 'recorded:DIR', takes: isRecorded, check: async (text) => { itemsFileOf(pathOfRecorded(text)); }, modelName: async (text) => (await firstItemOf(text)).policy.model, kept: async (text) => `recorded:${resolve(pathOfRecorded(text))}`, embedded: true, recipe: 'meds3-v2',
    content: hashOfRecording, open: async (settings) => policyOf(await openRecording(pathOfRecorded(settings.policy))),
  },
  {
    form: undefined, takes: (text) => text === importedPolicy, check: () => Promise.reject(notAsked()), modelName: asIs, kept: asIs, embedded: true, recipe: 'meds3-v2', open: () => Promise.reject(notAsked()),
  },
];

/** Nobody can be asked for more of what was imported. */
const notAsked = (): FaultError => new FaultError('SETTING_INVALID', 'The trees of this folder were imported from MedSSS-data: no policy goes with them.', { hint: 'Make data sets of them with "slowthink rebuild" or "slowthink seal"; a search of your own wants another --dir.' });

const scorerForms: readonly ScorerForm[] = [
  { form: 'seed', takes: isSeed, check: async () => checkFolderThere(seedScorerDir()), modelName: asIs, kept: asIs, embedded: true, open: (settings, observer) => openEmbeddedScorer(settings, { dir: seedScorerDir() }, 'seed', observer) },
  {
    form: 'onnx:DIR[#DTYPE]', takes: isOnnx, check: checkOnnx, modelName: nameOfFolder, kept: withFolderFromRoot, embedded: true,
    open: async (settings, observer) => openEmbeddedScorer(settings, await folderOf(settings.scorer), await nameOfFolder(settings.scorer), observer),
  },
  {
    form: 'openai:URL#MODEL[@REVISION][&row=ROW]', takes: isServer, check: async (text) => { parseScorer(text); }, modelName: async (text) => parseScorer(text).model, kept: async (text) => withoutCredentials(text), embedded: false,
    open: openServerScorer,
  },
  {
    form: 'judge:openai:URL#MODEL[@REVISION]', takes: (text) => text.startsWith('judge:'), check: async (text) => { judgeOf(text); }, modelName: async (text) => `judge:${judgeOf(text).model}`, kept: async (text) => withoutCredentials(text), embedded: false,
    open: openStepJudge,
  },
  {
    form: 'recorded:PATH', takes: isRecorded, check: async (text) => { itemsFileOf(pathOfRecorded(text)); }, modelName: async (text) => (await firstItemOf(text)).scorer?.model ?? 'none', kept: async (text) => `recorded:${resolve(pathOfRecorded(text))}`, embedded: true,
    open: (settings) => recordedScorer(pathOfRecorded(settings.scorer)),
  },
];

/** The row of --policy. SETTING_INVALID names every form. */
export const policyForm = (text: string): PolicyForm => formOf('--policy', policyForms, text);

/** The row of --scorer. SETTING_INVALID names every form. */
export const scorerForm = (text: string): ScorerForm => formOf('--scorer', scorerForms, text);

/** The recipe of a policy when none is named; the one of a server for a text of no form, which is refused elsewhere. */
export const recipeFor = (policy: string): string => (policyForms.find(({ takes }) => takes(policy)) ?? policyForms.at(-1)!).recipe;

function formOf<Row extends Form>(flag: string, forms: readonly Row[], text: string): Row {
  const found = forms.find(({ takes }) => takes(text));
  if (found === undefined) throw new FaultError('SETTING_INVALID', `${flag} is ${JSON.stringify(text.replace(/\/\/[^/@#]*@/, '//***@'))}; allowed: ${forms.flatMap(({ form }) => form ?? []).join(', ')}.`, { hint: `Leave ${flag} out for the model that ships, seed.` });
  return found;
}

async function openServer(settings: RunSettings, observer?: Observer): Promise<Policy> {
  const apiKey = settings['models.apiKey'];
  return openaiPolicy({ ...parsePolicy(settings.policy), ...(apiKey === null ? {} : { apiKey }), dialect: settings['models.dialect'], timeoutMs: settings['models.timeoutMs'], connections: settings['models.inFlight'], ...(observer ? { observer } : {}) });
}

async function openEmbedded(settings: RunSettings, folder: OnnxAddress, model: string, observer?: Observer): Promise<Policy> {
  checkFolderThere(folder.dir);
  const { onnxPolicy } = await import('@slowthink/models-onnx');
  return onnxPolicy({ ...folder, model, ...threadsOf(settings), rowsMax: settings['models.rows'], kvBytesMax: settings['models.kvMemory'], ...(observer ? { observer } : {}) });
}

async function openEmbeddedScorer(settings: RunSettings, folder: OnnxAddress, model: string, observer?: Observer): Promise<StepScorer> {
  checkFolderThere(folder.dir);
  const { onnxScorer } = await import('@slowthink/models-onnx');
  return onnxScorer({ ...folder, model, ...threadsOf(settings), ...(observer ? { observer } : {}) });
}

const describeMs = 60_000; // a server that loads its weights answers 503 until it is ready

async function openServerScorer(settings: RunSettings, observer: Observer = silent): Promise<StepScorer> {
  const { 'models.timeoutMs': timeoutMs, 'models.inFlight': connections } = settings;
  const connect = (ms: number): StepScorer => openaiScorer({ ...parseScorer(settings.scorer), ...scoringKey(settings), timeoutMs: ms, connections });
  const first = connect(Math.min(timeoutMs, describeMs));
  const expected = await identified({ describe: async () => { const identity = await first.describe(); await first.score({ id: 'opening', ...probeSolution }); return identity; }, close: () => first.close() }); // tokenizer, marks and replies are tried too
  return composeScorer(connect(timeoutMs), { ...patienceOf(settings), expected, observer });
}

const judgeOf = (text: string): PolicyAddress => parsePolicy(text.slice('judge:'.length), { flag: '--scorer', before: 'judge:' });

/** A chat model that judges steps, composed as a policy is; what its requests cost stands in its replies, and only its pauses are told. */
async function openStepJudge(settings: RunSettings, observer: Observer = silent): Promise<StepScorer> {
  const { 'models.timeoutMs': timeoutMs, 'models.inFlight': connections, 'scoring.judgeSamples': samples, 'scoring.judgeTokens': tokensMax } = settings;
  const connect = (ms: number): Policy => openaiPolicy({ ...judgeOf(settings.scorer), ...scoringKey(settings), timeoutMs: ms, connections });
  const identity = await identified(connect(Math.min(timeoutMs, describeMs)));
  const votes: JudgeVotes = { samples, tokensMax };
  const told: Observer = (signal) => { if (signal.kind === 'paused' || signal.kind === 'resumed') observer({ ...signal, of: 'scorer' }); else if (signal.kind !== 'request' && signal.kind !== 'limit') observer(signal); };
  return stepJudge({ policy: composePolicy(connect(timeoutMs), { ...patienceOf(settings), expected: identity, observer: told }), identity, ...votes });
}

/** Who a server says it is, asked once and without patience: a wrong address, or a server of another kind, is a wrong command, not an outage. Closes it. */
async function identified(model: { describe(): Promise<PolicyIdentity>; close(): Promise<void> }): Promise<PolicyIdentity> {
  try { const { model: name, revision } = await model.describe(); return { model: name, revision }; } catch (error) { throw ofScorer(error); } finally { await model.close(); }
}

const scoringKey = ({ 'scoring.apiKey': apiKey }: RunSettings): { readonly apiKey?: string } => (apiKey === null ? {} : { apiKey });
const patienceOf = (settings: RunSettings) => ({ inFlightMax: settings['models.inFlight'], attemptsMax: settings['models.retries'] + 1, giveUpAfterMs: settings['models.giveUpMs'] });

const threadsOf = ({ 'models.threads': threads }: RunSettings): { readonly threads?: number } => (threads === null ? {} : { threads });

/** Folder and precision behind "onnx:", the folder as an absolute path. SETTING_INVALID. */
async function folderOf(text: string): Promise<OnnxAddress> {
  const { dir, ...rest } = (await import('@slowthink/models-onnx')).parseOnnx(text);
  return { ...rest, dir: resolve(dir) };
}

async function nameOfFolder(text: string): Promise<string> { return basename((await folderOf(text)).dir); }
async function checkOnnx(text: string): Promise<void> { checkFolderThere((await folderOf(text)).dir); }

async function withFolderFromRoot(text: string): Promise<string> {
  const { dir, dtype } = await folderOf(text);
  return `onnx:${dir}${dtype === undefined ? '' : `#${dtype}`}`;
}

function checkFolderThere(dir: string): void {
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true) throw new FaultError('MODEL_FOLDER_WRONG', `There is no folder ${dir}.`, dir === seedPolicyDir() || dir === seedScorerDir() ? { hint: 'It comes with Slowthink: check out libs/seed-models again.' } : { hint: 'Check the path behind "onnx:"; behind "#" stands a dtype, such as q8.' });
}

async function firstItemOf(text: string): Promise<VerdictsRecord> {
  const file = itemsFileOf(pathOfRecorded(text));
  for await (const item of readItems(file)) return item;
  throw new FaultError('RESULTS_BROKEN', `${file} holds no item.`);
}
