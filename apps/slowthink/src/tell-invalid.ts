import type { StoredRecord } from '@slowthink/broker';
import { invalidRecord } from '@slowthink/wiring';

/** Says on stderr that a record of a topic is none of ours. The stage that met it has written it to `faults`; whoever reads the topic again comes to the same without it. */
export const tellInvalid = { invalid: (stored: StoredRecord, error: unknown): void => { process.stderr.write(`${invalidRecord(stored, error)}\n`); } } as const;
