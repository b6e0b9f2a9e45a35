import { statSync } from 'node:fs';
import { fetchHub, filesOf, findDataset, hubSettings, isHubName, type CorpusFile, type KnownDataset } from '@slowthink/corpus';

/**
 * The files that paths of --questions and --items mean, in the order given: a folder is every file that a manifest knows in it, unless the folder's name is a data set's, and hf:… is fetched; anything else stays as it is.
 * `say` is told what is passed over in a folder, in one line, and what is fetched. Faults: those of filesOf and fetchHub.
 */
export async function questionPaths(given: readonly string[], manifests: readonly KnownDataset[], cache: string | null, say: (message: string) => void): Promise<readonly (string | CorpusFile)[]> {
  const paths: (string | CorpusFile)[] = [];
  for (const path of given) {
    if (isHubName(path)) paths.push(...await fetchHub(path, { ...hubSettings(cache, process.env), manifests, note: say }));
    else if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) paths.push(path);
    else paths.push(...await filesOfFolder(path, manifests, say));
  }
  return paths;
}

async function filesOfFolder(path: string, manifests: readonly KnownDataset[], say: (message: string) => void): Promise<readonly (string | CorpusFile)[]> {
  const named = findDataset(manifests, path);
  if (named !== undefined) return [named.path];
  const { files, passedOver } = await filesOf(path, manifests);
  if (passedOver.length > 0) say(`${path}: passed over ${passedOver.slice(0, 20).map(({ name, why }) => `${name} (${why})`).join(', ')}${passedOver.length > 20 ? `, and ${passedOver.length - 20} more` : ''}.`);
  return files;
}
