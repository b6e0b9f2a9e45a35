import type { ItemRow } from '../items/item-text.ts';

/** What the reader of the item browser asks for. Rules are places in the outcomes of a row; -1 and '' ask for nothing. */
export interface ItemFilter {
  readonly set: string;
  readonly ruleA: number;
  readonly outcomeA: '' | 'r' | 'x' | 'w' | 'n' | 't'; // x: not right, whatever else
  readonly ruleB: number;
  readonly outcomeB: '' | 'r' | 'x' | 'w' | 'n' | 't';
  /** Only where one of the two rules is right and the other is not. */
  readonly disagree: boolean;
  readonly candidates: '' | 'none right' | 'some right' | 'all right' | 'some none' | 'some truncated' | 'all none';
  /** Every word must stand in id or question, in any case of letters. */
  readonly text: string;
}

/** Whether a row is what the filter asks for. Goes into the page by its source, so it uses nothing from outside itself. */
export function matches([id, set, question, outcomes, any]: ItemRow, filter: ItemFilter): boolean {
  const { ruleA, outcomeA, ruleB, outcomeB, disagree, candidates } = filter;
  const is = (rule: number, wanted: string): boolean => rule < 0 || wanted === '' || (wanted === 'x' ? outcomes[rule] !== 'r' : outcomes[rule] === wanted);
  if (filter.set !== '' && filter.set !== set) return false;
  if (!is(ruleA, outcomeA) || !is(ruleB, outcomeB)) return false;
  if (disagree && ruleA >= 0 && ruleB >= 0 && (outcomes[ruleA] === 'r') === (outcomes[ruleB] === 'r')) return false;
  if (candidates === 'none right' && any.includes('r')) return false;
  if (candidates === 'some right' && (!any.includes('r') || !/[^r]/.test(any))) return false;
  if (candidates === 'all right' && /[^r]/.test(any)) return false;
  if (candidates === 'some none' && !/[nt]/.test(any)) return false;
  if (candidates === 'all none' && /[^nt]/.test(any)) return false;
  if (candidates === 'some truncated' && !any.includes('t')) return false;
  const words = filter.text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return true;
  const text = `${id}\n${question}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
