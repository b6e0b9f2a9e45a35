// Which training questions overlap benchmark items.
export { filteredKinds, leakKindNames, leakKinds, leakKindsOf, type LeakKind } from './kinds.ts';
export { LeakIndex, leakRules, type Leak, type LeakRules } from './leak-index.ts';
