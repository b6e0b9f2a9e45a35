import { parseMapping, readManifests, type CorpusRequest } from '@slowthink/corpus';
import { FaultError } from '@slowthink/faults';
import type { RunSettings } from './flags.ts';

/** What --questions and its companions ask for. */
export async function corpusRequest(settings: RunSettings): Promise<CorpusRequest> {
  const map = settings['corpus.map'];
  return {
    paths: settings.questions,
    manifests: await readManifests(),
    ...(map === null ? {} : { mapping: parseMapping(map) }),
    ...(settings['corpus.dataset'] === null ? {} : { dataset: settings['corpus.dataset'] }),
    ...(settings['corpus.split'] === null ? {} : { split: settings['corpus.split'] }),
  };
}

/** --limit as a number of questions; all is Infinity. SETTING_INVALID otherwise. */
export function questionLimit(settings: RunSettings): number {
  const text = settings['corpus.limit'];
  if (text === 'all') return Infinity;
  if (!/^[1-9]\d*$/.test(text)) throw new FaultError('SETTING_INVALID', `--limit is ${JSON.stringify(text)}; allowed: a whole number from 1, or all.`);
  return Number(text);
}
