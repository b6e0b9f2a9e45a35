export { onnxPolicy, type OnnxPolicy, type OnnxPolicyOptions } from './onnx-policy.ts';
export { onnxScorer, type OnnxScorerOptions } from './onnx-scorer.ts';
export { parseOnnx, type OnnxAddress } from './parse-onnx.ts';
export { dtypes, type Dtype } from './dtypes.ts';
export type { EngineStats } from './engine-types.ts';
