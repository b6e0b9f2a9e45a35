import type { SplitSize } from './gather-rows.ts';

const fileBytesTarget = 250_000_000;
const bytesPerFileByte = 2; // zstd makes reasoning text 2 to 4 times smaller

export interface Cut { readonly file: string; /** first place */ readonly from: number; /** last place, exclusive */ readonly to: number }

/**
 * Cuts a split into files of `rowsPerFile` rows, the last one shorter, named {split}-{i}-of-{n}.{format}. Default: as many rows as make about 250 MB a file or less.
 * A function of the rows alone, so that the same rows give the same files.
 */
export function shardCuts(size: SplitSize, format: string, rowsPerFile = defaultRowsPerFile(size)): readonly Cut[] {
  const files = Math.ceil(size.rows / rowsPerFile);
  const digits = (value: number): string => String(value).padStart(5, '0');
  return Array.from({ length: files }, (_, index) => ({
    file: `${size.split}-${digits(index)}-of-${digits(files)}.${format}`, from: index * rowsPerFile, to: Math.min(size.rows, (index + 1) * rowsPerFile),
  }));
}

const defaultRowsPerFile = ({ rows, bytes }: SplitSize): number => Math.max(1, Math.floor((fileBytesTarget * bytesPerFileByte * rows) / Math.max(1, bytes)));
