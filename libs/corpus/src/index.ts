export { readCorpus, type CorpusFile, type CorpusItem, type CorpusRequest } from './read-corpus.ts';
export { datasetsFolder, findByFileName, findDataset, readManifest, readManifests, type KnownDataset, type Manifest, type Shape } from './manifests.ts';
export { parseMapping, type FieldSource, type MappedField, type Mapping } from './mapping.ts';
export { parseOptions, renderOptions, type Option } from './options.ts';
export { answerKinds, numberTolerance, type AnswerKind } from './gold.ts';
export { openIdIndex, promptHashOf, textHashOf, type IdIndex, type Seen } from './id-index.ts';
export { originalBytesMax, originalOf, type Original } from './original.ts';
export { readOutputs, type OutputLine } from './read-outputs.ts';
export { filesOf, type FolderFiles } from './files-of.ts';
