import { checkPolicy, checkScorer, noScorer } from '@slowthink/wiring';
import { FaultError } from '@slowthink/faults';
import { servingForm } from '@slowthink/serving';
import { trainerForm } from '@slowthink/training';
import type { EvolutionFile, EvolutionFolder } from './evolution-folder.ts';
import { overridesOf, type EvolutionSettings } from './evolution-settings.ts';
import { baseOf, sizesOf, type Evolution } from './evolution.ts';
import { readDev, readPool } from './question-pool.ts';
import { refuseAdapters } from './refuse-adapters.ts';

/**
 * Reads all that rounds are made from, and says what is wrong with the command before anything is written or asked. What lies outside has to be what it was when the evolution began: EVOLVE_MIXED. SETTING_INVALID, MODEL_FOLDER_WRONG and
 * the faults of question files.
 */
export async function openEvolution(settings: EvolutionSettings, folder: EvolutionFolder, began: EvolutionFile | undefined, say: (message: string) => void): Promise<Evolution> {
  const { values } = settings;
  const ports = { trainer: trainerForm(values['evolve.trainer'], { say }), serving: servingForm(values['evolve.serving'], { say, apiKey: values['models.apiKey'], folder: folder.path('serving') }), scorerServing: servingForm(values['evolve.scorerServing'], { say, apiKey: values['scoring.apiKey'], folder: folder.path('scorer-serving') }) };
  refuseAdapters({ ...settings, ...ports });
  for (const task of ['sft', 'prm', ...(settings.recipe.preference || values['evolve.train'].some((text) => text.startsWith('dpo.')) ? ['dpo' as const] : [])] as const) ports.trainer.checkSettings(task, overridesOf(values['evolve.train'], task));
  await checkPolicy(values);
  if (values.scorer !== noScorer) await checkScorer(values);
  const base = await baseOf(values);
  const dev = await readDev(values['evolve.dev'], values['evolve.devLimit'], values, say);
  const pool = await readPool(values.questions, values, dev, say);
  const opened = { ...settings, ...ports, folder, base, dev, pool };
  refuseChanged(opened, began);
  return { ...opened, sizes: sizesOf(opened) };
}

/** What is read in every round, by hash. */
export const sourcesOf = ({ pool, dev, base }: Pick<Evolution, 'pool' | 'dev' | 'base'>): EvolutionFile['sources'] => ({ questions: pool.sha256, 'dev items': dev.sha256, base: base.sha256 });

function refuseChanged(evolution: Pick<Evolution, 'pool' | 'dev' | 'base' | 'folder'>, began: EvolutionFile | undefined): void {
  for (const [name, now] of Object.entries(sourcesOf(evolution))) {
    const before = began?.sources[name];
    if (before !== undefined && before !== now) throw new FaultError('EVOLVE_MIXED', `${evolution.folder.dir} began with other ${name === 'base' ? 'weights of the base' : name === 'questions' ? '--questions' : '--dev items'} (sha256 ${before.slice(0, 12)}…, now ${now.slice(0, 12)}…).`);
  }
}
