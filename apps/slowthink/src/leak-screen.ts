import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { leakKindsOf, leakRules, type Leak, type LeakRules } from '@slowthink/contamination';
import { FaultError } from '@slowthink/faults';
import type { Screen } from '@slowthink/wiring';
import { describeItems, readBenchmarkItems } from './benchmark-items.ts';
import type { RunSettings } from './flags.ts';
import { screenOf } from './questions.ts';

/** What --leak-kinds and --leak-share ask for. SETTING_INVALID. */
export const leakRulesOf = (settings: RunSettings): LeakRules => ({ kinds: leakKindsOf(settings['corpus.leakKinds']), shareMin: settings['corpus.leakShare'] });

/**
 * What an import of training questions takes: its part of them (--shard), and of these what overlaps no item of --decontaminate. A question that does is dropped: QUESTION_CONTAMINATED says how and with which item.
 * Items of an evaluation are never looked at like this. Reads the benchmark files; faults as `readBenchmarkItems`, and SETTING_INVALID.
 */
export async function trainingScreen(settings: RunSettings, say: (message: string) => void): Promise<Screen | undefined> {
  const part = screenOf(settings);
  const given = settings['corpus.decontaminate'];
  if (given.length === 0) return part;
  const items = await readBenchmarkItems(given, settings, leakRulesOf(settings), '--decontaminate', say);
  say(`Questions are checked against ${describeItems(items)}: ${items.rules.kinds.join(', ')}.`);
  const rules = [...(settings['corpus.leakKinds'] === null ? [] : ['--leak-kinds', ...settings['corpus.leakKinds']]), ...(settings['corpus.leakShare'] === leakRules.shareMin ? [] : ['--leak-share', String(settings['corpus.leakShare'])])];
  return {
    name: [...(part ? [part.name] : []), `decontaminate ${items.hash}`].join(', '),
    flags: [...(part?.flags ?? []), ...given.flatMap((path) => ['--decontaminate', existsSync(path) ? resolve(path) : path]), ...rules],
    look: (question) => {
      const taken = part?.look(question) ?? 'take';
      if (taken !== 'take') return taken;
      const leak = items.index.look(question);
      return leak === undefined ? 'take' : contaminated(question.id, leak);
    },
  };
}

const contaminated = (id: string, leak: Leak): FaultError => new FaultError('QUESTION_CONTAMINATED', `The question ${id} overlaps the benchmark item ${leak.items[0]}${leak.items.length > 1 ? ` and ${leak.items.length - 1} more` : ''}: ${describeLeak(leak)}.`);

const wordsShown = 20;

/** How a question overlaps an item, with the first shared words. */
export const describeLeak = ({ kind, share, words }: Leak): string => `${kind}, ${Math.round(100 * share)} % of its words ("${beginning(words)}")`;

/** The first words, as they were compared. */
export const beginning = (words: readonly string[]): string => `${words.slice(0, wordsShown).join(' ')}${words.length > wordsShown ? ' …' : ''}`;
