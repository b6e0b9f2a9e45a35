// Where a process may die: moments between which something outside it changes, or what it knows of that. The kill suite (npm run kill) ends a process at each of them.
import { channel } from 'node:diagnostics_channel';

export interface KillPointRow {
  /** What is so when it is crossed. */
  readonly what: string;
  /** On which log it is crossed. */
  readonly log: 'any' | 'sqlite' | 'kafka';
}

const any = (what: string): KillPointRow => ({ what, log: 'any' });
const embedded = (what: string): KillPointRow => ({ what, log: 'sqlite' });
const kafka = (what: string): KillPointRow => ({ what, log: 'kafka' });

/** Points of one place follow each other. */
export const killPoints = {
  // the run folder
  'folder.made': any('the folder is there, nothing in it yet'),
  'lock.taken': embedded('the folder is locked, the pid is not written down'),
  'lock.named': embedded('the pid stands beside the lock'),
  'lock.releasing': embedded('the log is closed, the lock is still held'),
  'run-file.writing': any('the model has said who it is, nothing of it is written'),
  'run-file.written': any('run.json is whole under its temporary name'),
  'run-file.renamed': any('run.json is in its place'),
  // the embedded log, in its own thread
  'store.opened': embedded('the file is there, without a table'),
  'store.made': embedded('the tables are made'),
  'topics.made': any('the topics are made, nobody has claimed a partition'),
  'write.begun': embedded('a transaction has begun, nothing is inserted'),
  'write.appended': embedded('the outputs of a commit are inserted, its progress is not'),
  'write.progressed': embedded('outputs and progress of a commit are in the transaction, which is not committed'),
  'write.committed': embedded('the transaction is committed, nobody has been told'),
  'write.answered': embedded('the answer is on its way to the stage'),
  'store.closing': embedded('everything is committed, the file is not closed'),
  'store.closed': embedded('the file is closed, its write-ahead log is folded in'),
  // the log on a Kafka, of a stage or of what else is kept as a task
  'group.joined': kafka('the group of a stage has shared its partitions out'),
  'task.fenced': kafka('earlier owners of a task are fenced, the claim is not written down'),
  'task.written': kafka('the claim of a task is written down, its progress is not read'),
  'transaction.begun': kafka('a transaction has begun, nothing is sent'),
  'transaction.sent': kafka('outputs and progress are sent'),
  'transaction.ending': kafka('the offsets of the group are sent too, the transaction is open'),
  'transaction.committed': kafka('the transaction is committed, nobody has been told'),
  'folder.marked': kafka('the folder of parts has its mark, the broker does not know it yet'),
  // import
  'import.claimed': any('the import is claimed, no file is read'),
  'import.committing': any('questions and ends are made, their commit is not sent'),
  'import.committed': any('questions and ends are in the log, the import does not count them yet'),
  // every stage
  'task.claiming': any('a partition is assigned, not claimed'),
  'task.claimed': any('a partition is claimed, nothing of it is read'),
  'restore.began': any('the events of open trees since the restore point are about to be read, topic by topic'),
  'restore.ended': any('the events of a topic are folded'),
  'commit.made': any('outputs, settled offsets and ledger of a commit are made, it is not sent'),
  'commit.written': any('a commit is in the log, the stage does not count it yet'),
  'commit.counted': any('the stage knows that a commit is in the log'),
  'end.settled': any('an end is part of the commit being made'),
  'partition.draining': any('a partition takes in nothing more'),
  'partition.releasing': any('a partition has nothing left to do and is still claimed'),
  'stage.leaving': any('every partition of a stage is over, it is still a member of its group'),
  // model and trees
  'request.sending': any('a request is made, not a byte of it is sent'),
  'reply.beginning': any('the first bytes of a reply are there'),
  'reply.received': any('a reply is whole, nobody has read it'),
  'tree.opened': any('a tree is open, its event is not committed'),
  'tree.grown': any('a reply has become events of a tree, not committed'),
  'tree.folded': any('a rollout is folded into a tree, not committed'),
  'tree.closed': any('a tree is closed, its record is not committed'),
  'completions.judged': any('the completions of a node have their verdicts, not committed'),
  // parts
  'unlisted.removed': any('what an earlier owner of a partition left in the folder of parts is gone'),
  'part.writing': any('the rows of a part are encoded, no file is there'),
  'part.written': any('the temporary file is written, not synced'),
  'part.synced': any('the temporary file is synced, not renamed'),
  'part.renamed': any('the part has its name, its folder is not synced'),
  'part.kept': any('the part is on the disk, no record lists it'),
  // the sealed data set
  'seal.checked': any('the listed parts are found whole, nothing is written'),
  'seal.building': any('the new folder is there, empty, beside the old one'),
  'seal.file-writing': any('the rows of a table are gathered, its file is not written'),
  'seal.file-written': any('a data file is written, not synced'),
  'seal.file-synced': any('a data file is on the disk'),
  'seal.lineage-written': any('the lineage of a table is written, not synced'),
  'seal.card-written': any('the card is written, not synced'),
  'seal.built': any('the new folder is whole and synced, the old one is in place'),
  'seal.aside': any('the old folder is moved aside, the new one not in place'),
  'seal.in-place': any('the new folder is in place, the old one not removed'),
  'seal.replaced': any('the old folder is gone'),
  // the process
  'stages.running': any('every stage has started'),
  'stages.over': any('every stage is over, the ledgers are not checked'),
  'run.sealed': any('the data set is sealed, nothing is said of it'),
  'broker.closed': any('the log is given back, the process is about to end'),
} as const satisfies Record<string, KillPointRow>;

export type KillPoint = keyof typeof killPoints;

/** Where crossings are told, as "POINT" or "POINT of WHAT". */
export const killPointChannel = 'slowthink.kill-point';

const crossed = channel(killPointChannel);

/** Says that the process has come to a point; `of` is the stage, topic or table it has come to it with. Nobody listens but the kill suite, in the process it is about to end: else a call costs less than a nanosecond. */
export function crossPoint(point: KillPoint, of?: string): void {
  if (crossed.hasSubscribers) crossed.publish(of === undefined ? point : `${point} of ${of}`);
}
