// The shapes of a row's forward passes are functions of the row's own request. Kernels split long sums by the shape (measured: pieces on 448 and on 512 slots differ by 3e-6), so rows share a pass only
// where their shapes are the same anyway; rows of one shape are bitwise the same alone and in any batch, which `probeModel` looks at when a model is opened.

/** Slots of past keys that a pass over a row with `length` of them is given: the rest is masked. 0 for an empty past. */
export function slotsFor(length: number): number {
  return roundUp(length, length <= 1024 ? 64 : 256);
}

/** Width of the pass over a piece of `tokens` tokens: what exceeds them is masked and dropped. */
export function widthFor(tokens: number): number {
  return roundUp(tokens, 16);
}

function roundUp(n: number, step: number): number { return Math.ceil(n / step) * step; }
