import type { Split } from './gather-rows.ts';
import type { TableKind } from './kinds.ts';

/** One data file of a data set; `file` is relative to it, `sha256` in hex. */
export interface SealedFile { readonly file: string; readonly kind: TableKind; readonly split: Split; readonly rows: number; readonly bytes: number; readonly sha256: string }
