import { randomBytes } from 'node:crypto';
import { tableKinds, type TableKind } from './kinds.ts';

/** Kind, partition, first offset and the begin of its sha256 name a part: nobody can overwrite a file with other bytes, not even a worker that was frozen while another took its partition. */
export interface PartName { readonly kind: TableKind; readonly partition: number; readonly firstOffset: number; /** Hex; the name holds 12 digits of it. */ readonly sha256: string }

const pattern = new RegExp(`^(${tableKinds.join('|')})-(\\d+)-(\\d{16})-([0-9a-f]{12})\\.parquet$`);
const temporaryPattern = /^\.(.+)\.[0-9a-f]{8}\.tmp$/;

/** 16 digits hold every safe integer, so that names sort as offsets do. */
export const partFileName = ({ kind, partition, firstOffset, sha256 }: PartName): string => `${kind}-${partition}-${String(firstOffset).padStart(16, '0')}-${sha256.slice(0, 12)}.parquet`;

/** Dot-prefixed: no reader of data sets takes it for data. Another one each time: two workers never write into one file. */
export const temporaryFileName = (file: string): string => `.${file}.${randomBytes(4).toString('hex')}.tmp`;

/** The parts of a part's file name, or nothing if the name is not one of ours. */
export function parsePartName(file: string): PartName | undefined {
  const found = pattern.exec(file);
  return found === null ? undefined : { kind: found[1] as TableKind, partition: Number(found[2]), firstOffset: Number(found[3]), sha256: found[4]! };
}

/** The part that a temporary file was to become, or nothing if the name is not one of ours. */
export const parseTemporaryName = (file: string): PartName | undefined => parsePartName(temporaryPattern.exec(file)?.[1] ?? '');
