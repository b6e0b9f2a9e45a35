// Settings become things: a broker, a policy, a search. The only place that knows every adapter; stages meet ports.
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Broker } from '@slowthink/broker';
import { isKafka } from '@slowthink/broker-kafka';
import { findDataset, readManifests } from '@slowthink/corpus';
import { FaultError, crossPoint } from '@slowthink/faults';
import type { LabelSettings } from '@slowthink/labels';
import { composeEmbedded, composePolicy, type Policy, type PolicyIdentity, type StepScorer } from '@slowthink/models';
import { canonicalJson, hashId, runIdOf, type SearchSettings } from '@slowthink/records';
import { silent, type Observer } from '@slowthink/stream';
import type { Verifier } from '@slowthink/verifiers';
import { flowOf, flows, type Flow } from './flows.ts';
import { importedQuestions } from './import-questions.ts';
import { graderForm, selfJudging } from './grader-forms.ts';
import { isLabelKey, labelsOf } from './labels-of.ts';
import { policyForm, scorerForm } from './model-forms.ts';
import { checkSameRun, displayName, folderVersion, makeFolder, otherFlow, readRunFile, runPaths, writeRunFile, type Remembered, type RunFile } from './run-folder.ts';
import type { RunSettings } from './run-settings.ts';
import { checkBroker, openLog } from './open-log.ts';
import { awaitRunRecord, beginRun, checkKnown, checkSameLog } from './run-record.ts';
import { isRecorded, openRecording, pathOfRecorded, type Recording } from './recording.ts';
import { searchOf } from './search-of.ts';
import type { Needs } from './stage-process.ts';
import { rememberedKeys } from './settings-sources.ts';

const newPartitions = 8;
const describeMs = 60_000; // a server that loads its weights answers 503 until it is ready

/** What stages are set up from. */
export interface Resources {
  readonly settings: RunSettings;
  readonly broker: Broker;
  readonly observer: Observer;
  readonly search: SearchSettings;
  /** Undefined in a flow that labels nothing. */
  readonly labels: LabelSettings | undefined;
  readonly run: RunFile;
  /** Undefined where no stage of this process asks a model. */
  readonly policy: Policy | undefined;
  /** The candidates of an earlier evaluation, where --policy names a recording. */
  readonly recording: Recording | undefined;
  /** Values steps; undefined where no stage of this process wants values, and for --scorer none. */
  readonly scorer: StepScorer | undefined;
  /** Judges answers where --grader names a program or a chat model; undefined: the rules of libs/answers do. */
  readonly verifier: Verifier | undefined;
  readonly paths: ReturnType<typeof runPaths>;
  close(): Promise<void>;
}

/** What can be said against --policy before anything is written or opened: SETTING_INVALID, MODEL_FOLDER_WRONG. */
export const checkPolicy = (settings: RunSettings): Promise<void> => policyForm(settings.policy).check(settings.policy);

/** What can be said against --grader before anything is written: SETTING_INVALID, GRADER_UNAVAILABLE. A program is started and judges two trial items. Stopped: rejects with the signal's reason. */
export const checkGrader = (settings: RunSettings, stop?: AbortSignal): Promise<void> => graderForm(settings.grader).check(settings, stop);

/** Who judges, without patience: undefined for the rules. */
export const openGrader = (settings: RunSettings, observer: Observer = silent): Promise<Verifier | undefined> => graderForm(settings.grader).open(settings, { observer, giveUpAfterMs: 0 });

/** The model behind --policy as its adapter has it: one request, one try. */
export const openPolicy = (settings: RunSettings, observer?: Observer): Promise<Policy> => policyForm(settings.policy).open(settings, observer);

/** Who is behind --scorer, ready to be asked. With models.giveUpMs 0 a server that is away is an error at once. */
export const openScorer = (settings: RunSettings, observer: Observer = silent): Promise<StepScorer> => scorerForm(settings.scorer).open(settings, observer);

/** --scorer of an evaluation without step values. */
export const noScorer = 'none';

/** What can be said against --scorer before anything is written or opened: SETTING_INVALID, MODEL_FOLDER_WRONG. */
export const checkScorer = async (settings: RunSettings): Promise<void> => { if (settings.scorer !== noScorer) await scorerForm(settings.scorer).check(settings.scorer); };

/** A server is watched, limited, pinned and waited for; a model inside the process is watched, limited and pinned: what fails there fails again. */
function composed(policy: Policy, settings: RunSettings, observer: Observer, expected: PolicyIdentity): Policy {
  const common = { inFlightMax: settings['models.inFlight'], observer, expected };
  return policyForm(settings.policy).embedded ? composeEmbedded(policy, common) : composePolicy(policy, { ...common, attemptsMax: settings['models.retries'] + 1, giveUpAfterMs: settings['models.giveUpMs'] });
}

/** The run's log. run: with the topics of the flow, made where they are missing. read: as it is, of any flow when none is asked for. DIR_OTHER_FLOW, DIR_MISSING, DIR_SETTINGS_CHANGED, and what the log says. */
export async function openBroker(settings: RunSettings, mode: 'run' | 'read', flow?: Flow, observer: Observer = silent): Promise<Broker> {
  const began = readRunFile(settings.dir);
  if (began !== undefined) checkSameLog(settings, began);
  const broker = await openLog(settings, mode, observer);
  try {
    const has = await flowOf(broker);
    if (has !== undefined && flow !== undefined && has.name !== flow.name) throw otherFlow(settings.dir, has.name, flow.name);
    if (mode === 'read' && has === undefined && isKafka(settings.broker)) throw new FaultError('DIR_MISSING', `There is no run ${settings.run} on ${settings.broker}.`, { hint: 'Give the name of a run with --run.' });
    if (mode === 'read') return broker;
    const { source, topics } = flow ?? has ?? flows.run;
    const count = settings['log.partitions'] ?? (await broker.topics()).find(({ name }) => name === source.name)?.partitions ?? newPartitions;
    await broker.ensureTopics(topics.map(({ name, partitions, retention }) => ({ name, retention, partitions: partitions === 'one' ? 1 : count })));
    crossPoint('topics.made');
    return broker;
  } catch (error) {
    await broker.close();
    throw error;
  }
}

/** The log opened for writing, and the folder, before it is known which model will answer: what an import needs. */
export async function openFolder(settings: RunSettings, flow: Flow = flows.run, observer: Observer = silent): Promise<Broker> {
  checkBroker(settings);
  makeFolder(settings.dir);
  crossPoint('folder.made');
  readRunFile(settings.dir); // another version's folder is refused before anything is written
  return openBroker(settings, 'run', flow, observer);
}

/** What can be said against going on in this folder without asking a model; writes nothing. `alone`: stages without questions of their own. DIR_MISSING, DIR_OTHER_FLOW, DIR_SETTINGS_CHANGED, DIR_VERSION. */
export async function checkFolder(given: RunSettings, { alone, needsPolicy, flow = flows.run }: { readonly alone: boolean; readonly needsPolicy: boolean; readonly flow?: Flow | undefined }): Promise<void> {
  checkBroker(given);
  const { dir } = runPaths(given.dir);
  const began = readRunFile(given.dir);
  const elsewhere = isKafka(given.broker); // the run is on the broker; this host's folder may be new
  if (alone && !elsewhere && !existsSync(dir)) throw new FaultError('DIR_MISSING', `There is no folder ${dir}.`);
  if (began === undefined && alone && !needsPolicy && !elsewhere) throw new FaultError('DIR_MISSING', `${dir} holds no run.`);
  if (began === undefined) return;
  const settings = needsPolicy ? given : asBegan(given, began);
  checkFlow(settings.dir, began, flow);
  const model = needsPolicy ? await policyForm(settings.policy).modelName(settings.policy) : began.policy.model;
  const grader = needsPolicy ? graderForm(settings.grader).nameFor(settings, began.judge) : began.grader;
  checkSameRun(settings.dir, began, { settingsHash: settingsHashOf(settings, flow, grader), policy: { ...began.policy, model }, labels: labelsIn(flow, settings), grader, scorer: await scorerGiven(settings, began), recording: needsPolicy ? await contentOf(settings) : began.recording, settings: await rememberedOf(settings, flow) });
}

/** What answers where that is a file. */
const contentOf = async ({ policy }: RunSettings): Promise<string | undefined> => policyForm(policy).content?.(policy);

/** As far as --scorer says it before it is opened: nobody, or whoever the folder began with. */
async function scorerGiven({ scorer }: RunSettings, began: RunFile): Promise<RunFile['scorer']> {
  if (began.scorer === undefined) return undefined;
  if (scorer === noScorer) return null;
  const model = await scorerForm(scorer).modelName(scorer);
  return model === began.scorer?.model ? began.scorer : { model, revision: 'not asked yet' };
}

/** Everything that decides the results of a flow, the policy and the seed apart. */
export const settingsHashOf = (settings: RunSettings, { decidedBy }: Flow, grader: string): string => hashId('search', searchOf(settings, grader), ...decidedBy.map((key) => settings[key]));

const labelsIn = ({ labelled }: Flow, settings: RunSettings): LabelSettings | undefined => (labelled ? labelsOf(settings) : undefined);

function checkFlow(dir: string, { flow: has = flows.run.name }: RunFile, flow: Flow): void {
  if (has !== flow.name) throw otherFlow(dir, has, flow.name);
}

/** What run.json keeps of the settings: questions, models and graders that are found from any folder, addresses without name and password. `questions`: all that were imported, in their order. */
export async function rememberedOf(settings: RunSettings, { decidedBy, labelled, scored }: Flow, questions: readonly string[] = settings.questions): Promise<Remembered> {
  const manifests = await readManifests();
  const fromAnywhere = (path: string): string => manifests.find((known) => known.path === path)?.manifest.name ?? (isFile(path) || (existsSync(path) && findDataset(manifests, path) === undefined) ? resolve(path) : path);
  return {
    ...Object.fromEntries([...rememberedKeys.filter((key) => labelled || !isLabelKey(key)), ...decidedBy].map((key) => [key, settings[key]])), ...(scored ? { scorer: settings.scorer === noScorer ? noScorer : await scorerForm(settings.scorer).kept(settings.scorer) } : {}), policy: await policyForm(settings.policy).kept(settings.policy), grader: graderForm(settings.grader).kept(settings.grader),
    questions: [...new Set(questions.map(fromAnywhere))], 'corpus.decontaminate': settings['corpus.decontaminate'].map(fromAnywhere),
  } as Remembered;
}

/** For stages that ask no model: who answers and who judges are what the folder began with, whatever is given now. */
const asBegan = (settings: RunSettings, { settings: began }: RunFile): RunSettings => ({ ...settings, ...Object.fromEntries(Object.entries(began).filter(([key]) => /^(?:policy$|grader$|grading\.)/.test(key))) });

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** run.json checked or made, and where `needsPolicy` the policy and who judges its answers. The broker is closed with the resources. */
export async function openResources(given: RunSettings, broker: Broker, observer: Observer, needs: Needs, stop: AbortSignal, flow: Flow = flows.run): Promise<Resources> {
  const paths = runPaths(given.dir);
  const elsewhere = broker.kind === 'kafka';
  await checkKnown(broker, given, flow);
  const began = readRunFile(given.dir) ?? (elsewhere && !needs.policy ? await awaitRunRecord(broker, observer, stop) : undefined);
  if (began === undefined && !needs.policy) throw new FaultError('DIR_MISSING', `${paths.dir} holds no run.`);
  const settings = needs.policy ? given : needs.judges ? { ...given, policy: String(began!.settings['policy']) } : asBegan(given, began!);
  if (began !== undefined) checkFlow(settings.dir, began, flow);
  const labels = labelsIn(flow, settings);
  const remembered = await rememberedOf(settings, flow, [...(began?.settings['questions'] as readonly string[] | undefined ?? []), ...await importedQuestions(broker)]);
  const opened = needs.policy ? await openIdentified(settings, observer, stop) : undefined;
  let verifier: Verifier | undefined;
  let scorer: StepScorer | undefined;
  let recording: Recording | undefined;
  try {
    const identity = opened?.identity ?? began!.policy;
    verifier = needs.judges || needs.policy ? await graderForm(settings.grader).open(settings, { observer, giveUpAfterMs: settings['models.giveUpMs'], stop }) : undefined;
    const { name: grader, model: judge } = needs.judges || needs.policy ? await verifier?.describe(stop) ?? { name: 'rules' } : { name: began!.grader, model: began!.judge };
    if (judge?.model === identity.model && judge.revision === identity.revision) throw selfJudging(identity.model);
    const wanted = settings.scorer !== noScorer && (needs.scorer || (flow.scored === true && began === undefined)); // who begins says which scorer it will be, even where others value the steps
    scorer = wanted ? await openScorer(settings, observer) : undefined;
    const valuedBy = !flow.scored ? undefined : scorer === undefined ? (settings.scorer === noScorer ? null : began?.scorer) : await identityOf(scorer, stop);
    const content = needs.policy ? await contentOf(settings) : began!.recording;
    recording = needs.policy && isRecorded(settings.policy) ? await openRecording(pathOfRecorded(settings.policy)) : undefined;
    const search = searchOf(settings, grader);
    const settingsHash = settingsHashOf(settings, flow, grader);
    const now: RunFile = {
      version: folderVersion, name: displayName(settings.dir, settings.run), ...(flow.name === flows.run.name ? {} : { flow: flow.name }), run: runIdOf(settings.seed, flow.scored ? hashId('scored', settingsHash, valuedBy ?? null) : settingsHash, identity), settingsHash,
      policy: { model: identity.model, revision: identity.revision }, ...(labels === undefined ? {} : { labels }), grader, ...(judge === undefined ? {} : { judge: { model: judge.model, revision: judge.revision } }), ...(valuedBy === undefined ? {} : { scorer: valuedBy }), ...(content === undefined ? {} : { recording: content }), settings: remembered,
    };
    if (began) checkSameRun(settings.dir, began, now);
    if (elsewhere) checkSameRun(settings.dir, await beginRun(broker, now), now);
    if (readRunFile(given.dir) === undefined || began === undefined || canonicalJson(began.settings) !== canonicalJson(remembered)) writeRunFile(settings.dir, now);
    const policy = opened && composed(opened.policy, settings, observer, now.policy);
    const [judging, valuing, replayed] = [verifier, scorer, recording];
    return { settings, broker, observer, search, labels, run: now, policy, recording: replayed, scorer: needs.scorer ? valuing : undefined, verifier: judging, paths, close: async () => { await Promise.all([policy?.close(), judging?.close(), valuing?.close(), replayed?.close()]); } };
  } catch (error) {
    await Promise.all([opened?.policy.close(), verifier?.close(), scorer?.close(), recording?.close()]);
    throw error;
  }
}

const identityOf = async (scorer: StepScorer, stop: AbortSignal): Promise<PolicyIdentity> => { const { model, revision } = await scorer.describe(stop); return { model, revision }; };

/** The policy, and who it says it is: asked once, without patience, since a wrong address or folder is a wrong command, not an outage. */
async function openIdentified(settings: RunSettings, observer: Observer, stop: AbortSignal): Promise<{ readonly policy: Policy; readonly identity: PolicyIdentity }> {
  const { embedded } = policyForm(settings.policy);
  if (embedded) observer({ kind: 'note', level: 'info', message: `Opening the policy ${settings.policy} …` });
  const asked = embedded ? await openPolicy(settings, observer) : await openPolicy({ ...settings, 'models.timeoutMs': Math.min(settings['models.timeoutMs'], describeMs) });
  let identity: PolicyIdentity;
  try { identity = await asked.describe(stop); } catch (error) { await asked.close(); throw error; }
  if (embedded) return { policy: asked, identity };
  await asked.close();
  return { policy: await openPolicy(settings, observer), identity };
}
