export { readCorpus, type CorpusItem, type CorpusRequest } from './read-corpus.ts';
export { datasetsFolder, findDataset, readManifest, readManifests, type KnownDataset, type Manifest } from './manifests.ts';
export { parseMapping, type FieldSource, type MappedField, type Mapping } from './mapping.ts';
export { parseOptions, renderOptions, type Option } from './options.ts';
export { answerKinds, numberTolerance, type AnswerKind } from './gold.ts';
export { openIdIndex, promptHashOf, textHashOf, type IdIndex, type Seen } from './id-index.ts';
export { originalBytesMax, originalOf, type Original } from './original.ts';
export { readOutputs, type OutputLine } from './read-outputs.ts';
export { processBenchSubsets, readAnnotated, type AnnotatedChain } from './read-annotated.ts';
