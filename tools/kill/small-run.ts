// The run that is killed: small, so that a kill costs seconds, with many small commits and parts and rows of every kind, so that there is something to spoil.

export const questionCount = 16;
export const partitions = 2;
export const latencyMs = 5; // of the load-test server

const inFlight = 8;
const commitRecords = 8;

/** Flags of whatever asks the model or makes rows. */
export const runFlags = ['--preset', 'laptop', '--in-flight', String(inFlight), '--pairs', 'level', 'siblings', 'leaf', '--pair-threshold', '0.2'] as const;

export const environment = { SLOWTHINK_STREAM_COMMIT_RECORDS: String(commitRecords), SLOWTHINK_STREAM_COMMIT_MS: '20ms', SLOWTHINK_TABLES_ROWS_PER_PART: '8' } as const;

/** Requests that the death of a process may cost again, for each stage in it that asks (law 2): the request credit and, a partition, the batch being filled and the one being committed. */
export const againMax = inFlight + partitions * 2 * commitRecords;

/** Four-option questions as JSONL; the load-test server answers with a letter. */
export const questionLines = Array.from({ length: questionCount }, (_, index) => `${JSON.stringify({ id: String(index), question: `What is the best next step in case ${index}?\nA. observe\nB. treat\nC. operate\nD. refer`, answer: 'ABCD'[index % 4] })}\n`).join('');
