/** Precisions of the weights and the file of each, as transformers.js names them. */
export const graphFiles = {
  fp32: 'model.onnx',
  fp16: 'model_fp16.onnx',
  q8: 'model_quantized.onnx',
  int8: 'model_int8.onnx',
  uint8: 'model_uint8.onnx',
  q4: 'model_q4.onnx',
  q4f16: 'model_q4f16.onnx',
  bnb4: 'model_bnb4.onnx',
} as const;

export type Dtype = keyof typeof graphFiles;

export const dtypes = Object.keys(graphFiles) as readonly Dtype[];

export const isDtype = (text: string): text is Dtype => Object.hasOwn(graphFiles, text);
