/** Words that stand in both texts in the same order: the length of the longest common subsequence. 0 is a word of nobody. Time: the product of the lengths. */
export function sharedInOrder(one: Int32Array, other: Int32Array): number {
  let row = new Int32Array(other.length + 1);
  for (const word of one) {
    const next = new Int32Array(other.length + 1);
    for (let at = 0; at < other.length; at += 1) next[at + 1] = word !== 0 && word === other[at] ? row[at]! + 1 : Math.max(row[at + 1]!, next[at]!);
    row = next;
  }
  return row[other.length]!;
}
