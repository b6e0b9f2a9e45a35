import { scaledNumber } from './scaled-number.ts';

// kB, MB, GB, TB are powers of 1000; KiB, MiB, GiB, TiB powers of 1024 (IEC 80000-13).
const units = [
  ['TiB', 1024 ** 4], ['TB', 1000 ** 4], ['GiB', 1024 ** 3], ['GB', 1000 ** 3], ['MiB', 1024 ** 2], ['MB', 1000 ** 2], ['KiB', 1024], ['kB', 1000], ['B', 1],
] as const; // largest first

/** '8MB', '1.5 GiB', '512' -> bytes (whole, 0 ..); units in any case, a bare number is bytes. Undefined for any other text. */
export function parseBytes(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text);
  if (!parts) return undefined;
  const name = parts[2] === '' ? 'b' : parts[2]!.toLowerCase();
  const unit = units.find(([unitName]) => unitName.toLowerCase() === name);
  return unit && scaledNumber(parts[1]!, unit[1]);
}

/** Bytes (whole, 0 ..) as the text `parseBytes` reads back to the same number, in the largest unit that divides it: 8388608 -> '8MiB'. */
export function bytesText(bytes: number): string {
  const [name, size] = units.find(([, unitBytes]) => bytes >= unitBytes && bytes % unitBytes === 0) ?? ['B', 1];
  return `${bytes / size}${name}`;
}
