// What is killed: the commands that make one data set, and the log they share.
import type { Broker } from '@slowthink/broker';
import { openSqliteBroker } from '@slowthink/broker-sqlite';
import { environment, partitions, runFlags } from './small-run.ts';

/** One process of a deployment: the same command goes on after a kill. */
export interface Command {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: { readonly [name: string]: string };
  /** Stages in it that ask the model. */
  readonly asking: number;
}

export interface Place {
  /** Folder with `questions.jsonl`; the run folder is `run` in it. */
  readonly folder: string;
  /** Name of the run, like no other. */
  readonly run: string;
  /** Value of --policy. */
  readonly policy: string;
}

export interface Deployment {
  readonly name: 'sqlite' | 'kafka';
  /** Groups of commands, one group after the other, the commands of a group side by side. Each is given again until it ends with exit 0. */
  groups(place: Place): readonly (readonly Command[])[];
  /** The log of a place, for reading. */
  openLog(place: Place): Promise<Broker>;
}

export const runFolder = ({ folder }: Place): string => `${folder}/run`;

/** All stages in one process on the embedded log. */
export const sqliteDeployment: Deployment = {
  name: 'sqlite',
  groups: (place) => [[{
    name: 'run', asking: 2, env: environment,
    args: ['run', '--questions', `${place.folder}/questions.jsonl`, '--dir', runFolder(place), '--policy', place.policy, '--partitions', String(partitions), '--json', ...runFlags],
  }]],
  openLog: (place) => openSqliteBroker({ dir: runFolder(place), mode: 'read' }),
};
