// Settings become things: a broker, a policy, a search. The only place that knows every adapter; stages meet ports.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Broker } from '@slowthink/broker';
import { openSqliteBroker } from '@slowthink/broker-sqlite';
import { FaultError } from '@slowthink/faults';
import { composePolicy, type Policy, type PolicyIdentity } from '@slowthink/models';
import { openaiPolicy, parsePolicy } from '@slowthink/models-openai';
import { canonicalJson, hashId, runIdOf, topics, type SearchSettings } from '@slowthink/records';
import { resolveSearch } from '@slowthink/search';
import type { Observer } from '@slowthink/stream';
import { checkSameRun, displayName, folderVersion, makeFolder, readRunFile, runPaths, writeRunFile, type Remembered, type RunFile } from './run-folder.ts';
import type { RunSettings } from './run-settings.ts';
import { rememberedKeys } from './settings-sources.ts';

const newPartitions = 8;
const describeMs = 60_000; // a server that loads its weights answers 503 until it is ready

/** What stages are set up from. */
export interface Resources {
  readonly settings: RunSettings;
  readonly broker: Broker;
  readonly observer: Observer;
  readonly search: SearchSettings;
  readonly run: RunFile;
  /** Undefined where no stage of this process asks a model. */
  readonly policy: Policy | undefined;
  readonly paths: ReturnType<typeof runPaths>;
  close(): Promise<void>;
}

/** The recipe with its preset and the numbers that were set instead. */
export function searchOf(settings: RunSettings): SearchSettings {
  const tokens = (limit: number | null) => (limit === null ? undefined : { maxTokens: limit });
  const set = Object.fromEntries(Object.entries({
    nodesMax: settings['search.nodesMax'], childrenMax: settings['search.childrenMax'], depthMax: settings['search.depthMax'], correctLeavesMax: settings['search.correctLeavesMax'], samplesMax: settings['search.samplesMax'],
    simulationBase: settings['search.simulationBase'], simulationMin: settings['search.simulationMin'], questionTokensMax: settings['search.questionTokensMax'],
    step: tokens(settings['search.stepTokens']), finish: tokens(settings['search.finishTokens']), rollout: tokens(settings['search.rolloutTokens']),
  }).filter(([, value]) => value !== null && value !== undefined));
  return resolveSearch(settings.recipe, settings.preset, set);
}

/** The bare adapter. SETTING_INVALID when --policy is missing or of no known form. */
export function openServer(settings: RunSettings, observer?: Observer): Policy {
  if (settings.policy === null) throw new FaultError('SETTING_INVALID', 'No policy model is given.', { hint: 'Add --policy openai:URL#MODEL. "npm run server" starts a small one and prints what to type.' });
  const apiKey = settings['models.apiKey'];
  return openaiPolicy({ ...parsePolicy(settings.policy), ...(apiKey === null ? {} : { apiKey }), dialect: settings['models.dialect'], timeoutMs: settings['models.timeoutMs'], connections: settings['models.inFlight'], ...(observer ? { observer } : {}) });
}

/** The server behind --policy, watched, limited, patient. */
export function openPolicy(settings: RunSettings, observer: Observer, expected?: PolicyIdentity): Policy {
  return composePolicy(openServer(settings, observer), { inFlightMax: settings['models.inFlight'], attemptsMax: settings['models.retries'] + 1, giveUpAfterMs: settings['models.giveUpMs'], observer, ...(expected === undefined ? {} : { expected }) });
}

function checkBroker(settings: RunSettings): void {
  if (settings.broker !== 'sqlite') throw new FaultError('SETTING_INVALID', `--broker is ${settings.broker}; this version has sqlite.`);
}

export async function openBroker(settings: RunSettings, mode: 'run' | 'read'): Promise<Broker> {
  checkBroker(settings);
  const broker = await openSqliteBroker({ dir: runPaths(settings.dir).dir, durability: settings['log.durability'], mode });
  if (mode === 'read') return broker;
  try {
    const count = settings['log.partitions'] ?? (await broker.topics()).find(({ name }) => name === topics.questions.name)?.partitions ?? newPartitions;
    await broker.ensureTopics(Object.values(topics).map(({ name, partitions, retention }) => ({ name, retention, partitions: partitions === 'one' ? 1 : count })));
    return broker;
  } catch (error) {
    await broker.close();
    throw error;
  }
}

/** The folder opened for writing, before it is known which model will answer: what an import needs. */
export async function openFolder(settings: RunSettings): Promise<Broker> {
  checkBroker(settings);
  makeFolder(settings.dir);
  readRunFile(settings.dir); // another version's folder is refused before anything is written
  return openBroker(settings, 'run');
}

/** What can be said against going on in this folder without asking a model; writes nothing. `alone`: stages without questions of their own. DIR_MISSING, DIR_SETTINGS_CHANGED, DIR_VERSION. */
export function checkFolder(settings: RunSettings, { alone, needsPolicy }: { readonly alone: boolean; readonly needsPolicy: boolean }): void {
  const { dir } = runPaths(settings.dir);
  const began = readRunFile(settings.dir);
  if (alone && !existsSync(dir)) throw new FaultError('DIR_MISSING', `There is no folder ${dir}.`);
  if (began === undefined && alone && !needsPolicy) throw new FaultError('DIR_MISSING', `${dir} holds no run.`);
  if (began === undefined) return;
  const model = needsPolicy && settings.policy !== null ? parsePolicy(settings.policy).model : began.policy.model;
  checkSameRun(settings.dir, began, { settingsHash: hashId('search', searchOf(settings)), policy: { ...began.policy, model }, labels: settings.labels, settings: rememberedOf(settings) });
}

/** What run.json keeps of the settings: questions that are found from any folder, a policy without name and password. */
function rememberedOf(settings: RunSettings): Remembered {
  return {
    ...Object.fromEntries(rememberedKeys.map((key) => [key, settings[key]])), policy: settings.policy === null ? null : withoutCredentials(settings.policy),
    questions: settings.questions.map((path) => (existsSync(path) ? resolve(path) : path)),
  } as Remembered;
}

function withoutCredentials(policy: string): string {
  const [, scheme, address, model] = /^(\w+:)([^#]*)(.*)$/s.exec(policy) ?? [];
  const url = address === undefined ? null : URL.parse(address);
  if (url === null || (url.username === '' && url.password === '')) return policy;
  url.username = '';
  url.password = '';
  return `${scheme}${url.href}${model}`;
}

/** run.json checked or made, and the policy where `needsPolicy`. The broker is closed with the resources. */
export async function openResources(settings: RunSettings, broker: Broker, observer: Observer, needsPolicy: boolean, stop: AbortSignal): Promise<Resources> {
  const paths = runPaths(settings.dir);
  const began = readRunFile(settings.dir);
  if (began === undefined && !needsPolicy) throw new FaultError('DIR_MISSING', `${paths.dir} holds no run.`);
  const search = searchOf(settings);
  const settingsHash = hashId('search', search);
  const remembered = rememberedOf(settings);
  const identity = needsPolicy ? await identityOf(settings, stop) : began!.policy;
  const now: RunFile = { version: folderVersion, name: displayName(settings.dir, settings.run), run: runIdOf(settings.seed, settingsHash, identity), settingsHash, policy: { model: identity.model, revision: identity.revision }, labels: settings.labels, settings: remembered };
  if (began) checkSameRun(settings.dir, began, now);
  if (began === undefined || canonicalJson(began.settings) !== canonicalJson(remembered)) writeRunFile(settings.dir, now);
  const policy = needsPolicy ? openPolicy(settings, observer, now.policy) : undefined;
  return { settings, broker, observer, search, run: now, policy, paths, close: async () => { await policy?.close(); } };
}

/** Asks the server once, without patience: a wrong address is a wrong command, not an outage. */
async function identityOf(settings: RunSettings, stop: AbortSignal): Promise<PolicyIdentity> {
  const policy = openServer({ ...settings, 'models.timeoutMs': Math.min(settings['models.timeoutMs'], describeMs) });
  try { return await policy.describe(stop); } finally { await policy.close(); }
}
