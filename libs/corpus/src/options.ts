import type { Gold } from '@slowthink/records';

export type Option = Extract<Gold, { kind: 'choice' }>['options'][number];

interface Marker { readonly letter: string; readonly style: string; readonly from: number; readonly to: number }

const markerPattern = /^[ \t]*(\(?)([A-Z])([.):])(?=\s|$)/gmu;

/**
 * The options at the end of a question: lines that begin with "A. ", "B. ", ... (or "A) ", "(A) ", "A: ", all alike), from A on without a gap; [] when there are not at least two.
 * An option may go on over several lines. A line that only looks like an option does not count: its letter is not the next one ("E. coli" inside option B), or the list it begins is
 * shorter than another list in the text; of two equally long lists the later one counts. What no text can tell ("D. Growth of\nE. coli" as the last of four) `optionsMax` decides.
 * A paragraph after the last option (a blank line before it) and a lone quotation mark on the last line are no part of an option.
 */
export function parseOptions(text: string, optionsMax = 26): readonly Option[] {
  const markers = [...text.matchAll(markerPattern)].map((match): Marker => ({ letter: match[2]!, style: match[1]! + match[3]!, from: match.index, to: match.index + match[0].length }));
  const best = longestList(markers, optionsMax);
  if (best.length < 2) return [];
  return best.map((marker, at) => ({ letter: marker.letter, text: at + 1 < best.length ? text.slice(marker.to, best[at + 1]!.from).trim() : lastText(text.slice(marker.to)) }));
}

/** Options as lines "A. text", the form that MedSSS files use and `parseOptions` reads. */
export const renderOptions = (options: readonly Option[]): string => options.map(({ letter, text }) => `${letter}. ${text}`).join('\n');

/** From right to left: the list that begins at a marker is the marker and the list of the nearest next letter after it. Linear in the markers. */
function longestList(markers: readonly Marker[], optionsMax: number): readonly Marker[] {
  const nearest = new Map<string, number>(); // style and letter -> place of the nearest marker to the right
  const next: (number | undefined)[] = [];
  const lengths: number[] = [];
  let [first, longest] = [-1, 0];
  for (let at = markers.length - 1; at >= 0; at -= 1) {
    const { letter, style } = markers[at]!;
    next[at] = nearest.get(style + String.fromCharCode(letter.charCodeAt(0) + 1));
    lengths[at] = 1 + (next[at] === undefined ? 0 : lengths[next[at]!]!);
    nearest.set(style + letter, at);
    if (letter === 'A' && Math.min(lengths[at]!, optionsMax) > longest) [first, longest] = [at, Math.min(lengths[at]!, optionsMax)];
  }
  const list: Marker[] = [];
  for (let at: number | undefined = first; at !== undefined && at >= 0 && list.length < optionsMax; at = next[at]) list.push(markers[at]!);
  return list;
}

const lastText = (text: string): string => text.trim().split(/\n[ \t]*\r?\n/u)[0]!.replace(/\n"$/u, '').trim();
