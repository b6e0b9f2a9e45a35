import type { Gold } from '@slowthink/records';

/** The gold answer as a column shows it: letter, word, name or span, or a number with its unit. */
export const goldText = (gold: Gold): string => (gold.kind === 'number' ? `${gold.answer} ${gold.unit}`.trim() : gold.answer);
