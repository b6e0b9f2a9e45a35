// What a run has left: what two runs of the same questions must agree in, however they were disturbed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Broker } from '@slowthink/broker';
import { topics, type PartRecord } from '@slowthink/records';
import { addLedgers, type LedgerCounts } from '@slowthink/stream';
import { checkComplete, flows, readTopic, scanTopic } from '@slowthink/wiring';
import { sealedFiles } from '../../apps/slowthink/src/testing/command-line.ts';
import { runFolder, type Deployment, type Place } from './deployment.ts';

export interface Left {
  /** sha256 by name of the data files and the card. */
  readonly sealed: { readonly [file: string]: string };
  readonly ledgers: { readonly [stage: string]: LedgerCounts };
  /** Count and sha256 of the records of each topic in byte order: nothing lost, nothing twice, before any row is left out as a duplicate. */
  readonly topics: { readonly [topic: string]: string };
  /** Files of parts/ that no record lists, listed ones that are not there, and what lies in the run folder or beside the data set that a quiet run does not leave. */
  readonly orphans: readonly string[];
}

const ownEntries = /^(?:\.folder|run\.json|parts|dataset|stream\.sqlite(?:-wal|-shm)?|lock\.sqlite)$/;

/** Reads it all. Throws LEDGER_BROKEN where the counts of the run disagree with each other. */
export async function readLeft(deployment: Deployment, place: Place): Promise<Left> {
  const dir = runFolder(place);
  const broker = await deployment.openLog(place);
  try {
    await checkComplete(broker);
    const ledgers: { [stage: string]: LedgerCounts } = {};
    for (const { stage, ledger } of (await broker.progress()).toSorted((a, b) => (a.stage < b.stage ? -1 : 1))) ledgers[stage] = ledgers[stage] === undefined ? ledger : addLedgers([ledgers[stage], ledger]);
    const counts: { [topic: string]: string } = {};
    for (const topic of flows.run.topics) {
      if (topic.name === 'parts' || topic.name === 'progress') continue; // where parts end depends on when chains came
      const values: string[] = [];
      for await (const { value } of scanTopic(broker, topic)) values.push(value);
      counts[topic.name] = `${values.length} records, sha256 ${sha256(values.sort().join('\n'))}`;
    }
    return { sealed: sealedFiles(join(dir, 'dataset')), ledgers, topics: counts, orphans: [...await unlisted(broker, dir), ...readdirSync(dir).filter((entry) => !ownEntries.test(entry))] };
  } finally { await broker.close(); }
}

/** Files of one partition in parts/ that no record lists, and listed ones that are not there: none once whoever claimed it has cleaned up and before it writes. */
export async function readUnlisted(deployment: Deployment, place: Place, partition: number): Promise<readonly string[]> {
  const broker = await deployment.openLog(place);
  try { return (await unlisted(broker, runFolder(place))).filter((path) => new RegExp(`^parts/\\.?[a-z_]+-${partition}-`).test(path)); } finally { await broker.close(); }
}

async function unlisted(broker: Broker, dir: string): Promise<readonly string[]> {
  const listed = new Set<string>();
  for await (const { value } of readTopic<PartRecord>(broker, topics.parts, 'part')) listed.add(value.file);
  const parts = new Set(existsSync(join(dir, 'parts')) ? readdirSync(join(dir, 'parts')) : []);
  return [...parts.symmetricDifference(listed)].map((file) => `parts/${file}`);
}

/** One sentence a difference. */
export function differences(quiet: Left, left: Left): readonly string[] {
  const changed = (what: string, before: { readonly [name: string]: unknown }, after: { readonly [name: string]: unknown }): readonly string[] =>
    [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).map((name) => `${what} ${name}: ${JSON.stringify(before[name])} in the quiet run, now ${JSON.stringify(after[name])}`);
  return [...changed('sealed file', quiet.sealed, left.sealed), ...changed('ledger', quiet.ledgers, left.ledgers), ...changed('topic', quiet.topics, left.topics), ...left.orphans.map((file) => `orphan ${file}`)];
}

/** One hash over all sealed files: what a summary prints. */
export const sealedHash = ({ sealed }: Left): string => sha256(Object.entries(sealed).map(([file, hash]) => `${hash}  ${file}\n`).join(''));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
