import { randomBytes } from 'node:crypto';
import { tableKinds, type TableKind } from './kinds.ts';

/** Kind, partition, first offset and a tag of its own name a part: no two files ever have one name, so that nobody can overwrite or remove another's, not even a worker that was frozen while another took its partition. */
export interface PartName { readonly kind: TableKind; readonly partition: number; readonly firstOffset: number; readonly tag: string /* 12 hex digits */ }

export const newTag = (): string => randomBytes(6).toString('hex');

const pattern = new RegExp(`^(${tableKinds.join('|')})-(\\d+)-(\\d{16})-([0-9a-f]{12})\\.parquet$`);
const temporaryPattern = /^\.(.+)\.[0-9a-f]{8}\.tmp$/;

/** 16 digits hold every safe integer, so that names sort as offsets do. */
export const partFileName = ({ kind, partition, firstOffset, tag }: PartName): string => `${kind}-${partition}-${String(firstOffset).padStart(16, '0')}-${tag}.parquet`;

/** Dot-prefixed: no reader of data sets takes it for data. Another one each time: two workers never write into one file. */
export const temporaryFileName = (file: string): string => `.${file}.${randomBytes(4).toString('hex')}.tmp`;

/** The parts of a part's file name, or nothing if the name is not one of ours. */
export function parsePartName(file: string): PartName | undefined {
  const found = pattern.exec(file);
  return found === null ? undefined : { kind: found[1] as TableKind, partition: Number(found[2]), firstOffset: Number(found[3]), tag: found[4]! };
}

/** The part that a temporary file was to become, or nothing if the name is not one of ours. */
export const parseTemporaryName = (file: string): PartName | undefined => parsePartName(temporaryPattern.exec(file)?.[1] ?? '');
