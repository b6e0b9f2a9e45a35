/** Titles of rules in few words: what stands before a bracket is said once, "best-of-N (last)", "best-of-N (min)", "maj@N" -> "best-of-N (last, min), maj@N". Used by the writer, and goes into the page by its source. */
export function together(titles: readonly string[]): string {
  const groups = new Map<string, string[]>();
  for (const title of titles) {
    const [, name = title, inner] = /^(.*) \((.*)\)$/.exec(title) ?? [];
    const group = groups.get(name) ?? [];
    groups.set(name, inner === undefined ? group : [...group, inner]);
  }
  return [...groups].map(([name, inner]) => (inner.length === 0 ? name : `${name} (${inner.join(', ')})`)).join(', ');
}
