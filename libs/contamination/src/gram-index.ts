// Where runs of n words of some texts stand in another text. Words are numbers from 1; 0 is a word that none of the texts has, and ends every run.
//
//   gram     n words in a row; its hash of 53 bits is only a way to find places: every place is compared word by word, so no two grams are ever taken for each other
//   common   a gram that more than `commonMax` texts have: a formula of the trade ("which of the following is the most likely cause of this patient's …"), which tells nothing of a single text. GPT-3 passes over grams in
//            more than 10 documents for the same reason (arXiv 2005.14165, appendix C)

/** n words in a row or more that a text shares with text `index` of the index. */
export interface Run {
  readonly at: number; // first word, in the text of the index
  readonly from: number; // first word, in the text that was looked at
  readonly length: number; // words; n at least
}

const placeMax = 2 ** 20; // words of one text
const nowhere: readonly number[] = [];

export class GramIndex {
  readonly #texts: readonly Int32Array[];
  readonly #n: number;
  readonly #alone: boolean[] = []; // texts of which only a whole copy counts
  readonly #places = new Map<number, number[]>(); // hash -> index of a text * placeMax + first word

  /** Memory: one number a word of the texts. */
  constructor(texts: readonly Int32Array[], n: number, commonMax: number, wanted: (text: Int32Array, at: number) => boolean = () => true) {
    this.#texts = texts;
    this.#n = n;
    const all = new Map<number, number[]>();
    for (const [index, text] of texts.entries()) {
      eachGram(text, n, (hash, at) => {
        if (!wanted(text, at) || at >= placeMax) return;
        const places = all.get(hash);
        if (places === undefined) all.set(hash, [index * placeMax + at]); else places.push(index * placeMax + at);
      });
    }
    const textsWith = new Map<number, number>();
    for (const [hash, places] of all) {
      const count = new Set(places.map(indexOf)).size;
      if (count <= commonMax) this.#places.set(hash, places); else textsWith.set(hash, count);
    }
    this.#keepRarest(textsWith, wanted);
  }

  /** A text of common grams alone keeps the rarest of them, so that a copy of it is found; only a copy of all of it counts (`runs`). */
  #keepRarest(common: ReadonlyMap<number, number>, wanted: (text: Int32Array, at: number) => boolean): void {
    for (const [index, text] of this.#texts.entries()) {
      let [rarest, count, place] = [0, Infinity, 0];
      eachGram(text, this.#n, (hash, at) => {
        if (count < 0 || !wanted(text, at)) return;
        const texts = common.get(hash);
        if (texts === undefined) count = -1; else if (texts < count) [rarest, count, place] = [hash, texts, index * placeMax + at];
      });
      if (count > 0 && Number.isFinite(count)) this.#places.set(rarest, [...(this.#places.get(rarest) ?? nowhere), place]);
      this.#alone[index] = count > 0;
    }
  }

  /** The runs that a text shares, by the index of the other; a run is as long as it can be, whatever grams it holds. Time: one look-up a word, and the shared runs. */
  runs(text: Int32Array): ReadonlyMap<number, readonly Run[]> {
    const found = new Map<number, Run[]>();
    eachGram(text, this.#n, (hash, from) => {
      for (const place of this.#places.get(hash) ?? nowhere) {
        const [index, at] = [indexOf(place), place % placeMax];
        const runs = found.get(index);
        if (runs?.some((run) => run.at - run.from === at - from && from < run.from + run.length) === true) continue; // inside a run that is known
        const run = longestRun(this.#texts[index]!, at, text, from, this.#n);
        if (run === undefined || (this.#alone[index] === true && run.length < this.#texts[index]!.length)) continue;
        if (runs === undefined) found.set(index, [run]); else runs.push(run);
      }
    });
    return found;
  }
}

const indexOf = (place: number): number => Math.floor(place / placeMax);

/** Every n words in a row without an unknown one among them. */
function eachGram(text: Int32Array, n: number, take: (hash: number, at: number) => void): void {
  let known = 0; // words in a row
  for (let end = 0; end < text.length; end += 1) {
    known = text[end] === 0 ? 0 : known + 1;
    if (known >= n) take(hashOf(text, end - n + 1, end + 1), end - n + 1);
  }
}

/** 53 bits of some words in a row. */
export function hashOf(text: Int32Array, from = 0, to = text.length): number {
  let [a, b] = [0x9e3779b9, 0x85ebca6b];
  for (let at = from; at < to; at += 1) {
    a = Math.imul(a ^ text[at]!, 0x01000193) ^ (a >>> 15);
    b = Math.imul(b + text[at]!, 0xc2b2ae35) ^ (b >>> 13);
  }
  return (a >>> 0) * 2 ** 21 + (b >>> 11);
}

function longestRun(one: Int32Array, at: number, other: Int32Array, from: number, n: number): Run | undefined {
  const same = (offset: number): boolean => other[from + offset] !== 0 && one[at + offset] !== undefined && one[at + offset] === other[from + offset];
  let [first, end] = [0, 0];
  while (same(end)) end += 1;
  if (end < n) return undefined; // two grams of one hash
  while (same(first - 1)) first -= 1;
  return { at: at + first, from: from + first, length: end - first };
}

/** How many words of a text of the index its runs cover. */
export function coveredBy(runs: readonly Run[]): number {
  let [covered, upTo] = [0, 0];
  for (const { at, length } of runs.toSorted((a, b) => a.at - b.at)) {
    covered += Math.max(0, at + length - Math.max(at, upTo));
    upTo = Math.max(upTo, at + length);
  }
  return covered;
}
