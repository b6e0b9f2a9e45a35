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
const seenBits = 2 ** 23; // 1 MB
const nowhere: readonly number[] = [];

export class GramIndex {
  readonly #texts: readonly Int32Array[];
  readonly #n: number;
  readonly #own: Uint8Array[] = []; // 1 for a word that stands in no common gram, of each text
  readonly #seen = new Uint8Array(seenBits / 8); // a bit for the hashes of all places: most grams of a text are none of them
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
    const common = new Map<number, number>(); // hash -> how many texts have it
    for (const [hash, places] of all) {
      const count = new Set(places.map(indexOf)).size;
      if (count <= commonMax) this.#places.set(hash, places); else common.set(hash, count);
    }
    for (const [index, text] of texts.entries()) this.#own.push(this.#ownWords(index, text, common));
    for (const hash of this.#places.keys()) this.#seen[(hash % seenBits) >> 3]! |= 1 << (hash & 7);
  }

  /** Marks a text's own words. A text without any keeps the rarest of its grams, so that a copy of it is found all the same; of such a text only a whole copy counts (`runs`). */
  #ownWords(index: number, text: Int32Array, common: ReadonlyMap<number, number>): Uint8Array {
    const own = new Uint8Array(text.length).fill(1);
    let [rarest, count, place, alone] = [0, Infinity, 0, true];
    eachGram(text, this.#n, (hash, at) => {
      const texts = common.get(hash);
      if (texts === undefined) { alone &&= !this.#places.has(hash); return; }
      own.fill(0, at, at + this.#n);
      if (texts < count) [rarest, count, place] = [hash, texts, index * placeMax + at];
    });
    if (!alone || count === Infinity) return own;
    this.#places.set(rarest, [...(this.#places.get(rarest) ?? nowhere), place]);
    return own.fill(0);
  }

  /** The share of a text's own words that some of its runs cover, 0..1; of a text without any, 1: its runs are whole copies. */
  share(index: number, runs: readonly Run[]): number {
    const own = this.#own[index]!;
    const all = own.reduce((sum, one) => sum + one, 0);
    if (all === 0) return 1;
    const covered = new Uint8Array(own.length);
    for (const { at, length } of runs) covered.fill(1, at, at + length);
    return covered.reduce((sum, one, at) => sum + (one & own[at]!), 0) / all;
  }

  /** The runs that a text shares, by the index of the other; a run is as long as it can be, whatever grams it holds. Time: one look-up a word, and the shared runs. */
  runs(text: Int32Array): ReadonlyMap<number, readonly Run[]> {
    const found = new Map<number, Run[]>();
    eachGram(text, this.#n, (hash, from) => {
      if ((this.#seen[(hash % seenBits) >> 3]! & (1 << (hash & 7))) === 0) return;
      for (const place of this.#places.get(hash) ?? nowhere) {
        const [index, at] = [indexOf(place), place % placeMax];
        const runs = found.get(index);
        if (runs?.some((run) => run.at - run.from === at - from && from < run.from + run.length) === true) continue; // inside a run that is known
        const run = longestRun(this.#texts[index]!, at, text, from, this.#n);
        if (run === undefined || (run.length < this.#texts[index]!.length && !this.#own[index]!.subarray(run.at, run.at + run.length).includes(1))) continue;
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
