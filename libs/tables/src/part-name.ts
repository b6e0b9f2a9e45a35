import { tableKinds, type TableKind } from './kinds.ts';

/** Kind, partition and first offset name a part: a replay from the same offset overwrites its own file. */
export interface PartName { readonly kind: TableKind; readonly partition: number; readonly firstOffset: number }

const pattern = new RegExp(`^(${tableKinds.join('|')})-(\\d+)-(\\d{16})\\.parquet$`);

/** 16 digits hold every safe integer, so that names sort as offsets do. */
export const partFileName = ({ kind, partition, firstOffset }: PartName): string => `${kind}-${partition}-${String(firstOffset).padStart(16, '0')}.parquet`;

/** Dot-prefixed: no reader of data sets takes it for data. */
export const temporaryFileName = (file: string): string => `.${file}.tmp`;

/** The parts of a part's file name, or nothing if the name is not one of ours. */
export function parsePartName(file: string): PartName | undefined {
  const found = pattern.exec(file);
  return found === null ? undefined : { kind: found[1] as TableKind, partition: Number(found[2]), firstOffset: Number(found[3]) };
}

/** Whether this is the temporary file of a part. */
export const isTemporaryPart = (file: string): boolean => file.startsWith('.') && file.endsWith('.tmp') && parsePartName(file.slice(1, -4)) !== undefined;
