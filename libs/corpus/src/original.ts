import { createHash } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';

/** The bytes of a row that could not be read, as the topic `faults` keeps them: above 256 KB only the head stands in `text`; `length` and `sha256` are of all bytes. */
export interface Original {
  readonly text: string;
  readonly length: number; // bytes
  readonly sha256: string; // hex
}

export const originalBytesMax = 256 * 1024;

/** The original of a row. The head is cut between characters; bytes that are no UTF-8 show as U+FFFD (the sha256 is of the bytes as they are). */
export function originalOf(bytes: Uint8Array): Original {
  return { text: headOf(bytes), length: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** At most the first 256 KB as text. */
export function headOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, originalBytesMax));
  return bytes.length > originalBytesMax ? new StringDecoder('utf8').write(buffer) : buffer.toString('utf8');
}
