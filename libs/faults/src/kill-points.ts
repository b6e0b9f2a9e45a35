// Where a process may die: moments between which something outside it changes, or what it knows of that. The kill suite (npm run kill) ends a process at each of them.
import { channel } from 'node:diagnostics_channel';

/** Each point with what is so when it is crossed. Points of one place follow each other. */
export const killPoints = {
  // the run folder
  'folder.made': 'the folder is there, nothing in it yet',
  'lock.taken': 'the folder is locked, the pid is not written down',
  'lock.named': 'the pid stands beside the lock',
  'lock.releasing': 'the log is closed, the lock is still held',
  'run-file.writing': 'the model has said who it is, nothing of it is written',
  'run-file.written': 'run.json is whole under its temporary name',
  'run-file.renamed': 'run.json is in its place',
  // the embedded log, in its own thread
  'store.opened': 'the file is there, without a table',
  'store.made': 'the tables are made',
  'topics.made': 'the topics are made, nobody has claimed a partition',
  'write.begun': 'a transaction has begun, nothing is inserted',
  'write.appended': 'the outputs of a commit are inserted, its progress is not',
  'write.progressed': 'outputs and progress of a commit are in the transaction, which is not committed',
  'write.committed': 'the transaction is committed, nobody has been told',
  'write.answered': 'the answer is on its way to the stage',
  'store.closing': 'everything is committed, the file is not closed',
  'store.closed': 'the file is closed, its write-ahead log is folded in',
  // import
  'import.claimed': 'the import is claimed, no file is read',
  'import.committing': 'questions and ends are made, their commit is not sent',
  'import.committed': 'questions and ends are in the log, the import does not count them yet',
  // every stage
  'task.claiming': 'a partition is assigned, not claimed',
  'task.claimed': 'a partition is claimed, nothing of it is read',
  'restore.began': 'the events of open trees since the restore point are about to be read, topic by topic',
  'restore.ended': 'the events of a topic are folded',
  'commit.made': 'outputs, settled offsets and ledger of a commit are made, it is not sent',
  'commit.written': 'a commit is in the log, the stage does not count it yet',
  'commit.counted': 'the stage knows that a commit is in the log',
  'end.settled': 'an end is part of the commit being made',
  'partition.draining': 'a partition takes in nothing more',
  'partition.releasing': 'a partition has nothing left to do and is still claimed',
  'stage.leaving': 'a stage gives its partitions back',
  // model and trees
  'request.sending': 'a request is made, not a byte of it is sent',
  'reply.beginning': 'the first bytes of a reply are there',
  'reply.received': 'a reply is whole, nobody has read it',
  'tree.opened': 'a tree is open, its event is not committed',
  'tree.grown': 'a reply has become events of a tree, not committed',
  'tree.folded': 'a rollout is folded into a tree, not committed',
  'tree.closed': 'a tree is closed, its record is not committed',
  'completions.judged': 'the completions of a node have their verdicts, not committed',
  // parts
  'unlisted.removed': 'what an earlier process left in the folder of parts is gone',
  'part.writing': 'the rows of a part are encoded, no file is there',
  'part.written': 'the temporary file is written, not synced',
  'part.synced': 'the temporary file is synced, not renamed',
  'part.renamed': 'the part has its name, its folder is not synced',
  'part.kept': 'the part is on the disk, no record lists it',
  // the sealed data set
  'seal.checked': 'the listed parts are found whole, nothing is written',
  'seal.building': 'the new folder is there, empty, beside the old one',
  'seal.file-writing': 'the rows of a table are gathered, its file is not written',
  'seal.file-written': 'a data file is written, not synced',
  'seal.file-synced': 'a data file is on the disk',
  'seal.lineage-written': 'the lineage of a table is written, not synced',
  'seal.card-written': 'the card is written, not synced',
  'seal.built': 'the new folder is whole and synced, the old one is in place',
  'seal.aside': 'the old folder is moved aside, the new one not in place',
  'seal.in-place': 'the new folder is in place, the old one not removed',
  'seal.replaced': 'the old folder is gone',
  // the process
  'stages.running': 'every stage has started',
  'stages.over': 'every stage is over, the ledgers are not checked',
  'run.sealed': 'the data set is sealed, nothing is said of it',
  'broker.closed': 'the log is given back, the process is about to end',
} as const;

export type KillPoint = keyof typeof killPoints;

/** Where crossings are told, as "POINT" or "POINT of WHAT". */
export const killPointChannel = 'slowthink.kill-point';

const crossed = channel(killPointChannel);

/** Says that the process has come to a point; `of` is the stage, topic or table it has come to it with. Nobody listens but the kill suite, in the process it is about to end: else a call costs less than a nanosecond. */
export function crossPoint(point: KillPoint, of?: string): void {
  if (crossed.hasSubscribers) crossed.publish(of === undefined ? point : `${point} of ${of}`);
}
