export { beamSearch, type Beams, type BeamModels, type BeamRound, type BeamSearchRequest, type BeamSolution } from './beam-search.ts';
export { decodeForm, type DecodeForm } from './decode-form.ts';
export { type PolicyUsage, type ScorerUsage } from './usage.ts';
