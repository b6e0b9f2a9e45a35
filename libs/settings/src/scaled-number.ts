/**
 * Decimal text times a whole factor, exactly: ('1.5', 1000) -> 1500. Undefined when the product is not a whole number or above 2^53 - 1.
 * Exact because 4.35 * 100 is 434.99999999999994 in floating point and a limit must not depend on that.
 */
export function scaledNumber(decimal: string, factor: number): number | undefined {
  const parts = /^(\d+)(?:\.(\d+))?$/.exec(decimal);
  if (!parts) return undefined;
  const fraction = parts[2] ?? '';
  const scale = 10n ** BigInt(fraction.length);
  const product = BigInt(parts[1]! + fraction) * BigInt(factor);
  if (product % scale !== 0n || product / scale > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return Number(product / scale);
}
