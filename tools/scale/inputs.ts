// Every number that the calculation takes besides what was measured on real runs: a row each, with where it comes from and the flag that replaces it.

export type Origin = 'measured here' | 'published' | 'assumed' | 'chosen';

export interface Input {
  readonly value: number;
  readonly unit: string;
  readonly what: string;
  readonly origin: Origin;
  readonly source: string;
}

const table = 'NVIDIA, TensorRT-LLM docs/source/performance/perf-overview.md, commit 00f37686, Llama 3.1 8B FP8 on one H100';

/** Keys are the flags: questions is --questions. GPU numbers are of one H100 SXM 80 GB. */
export const inputs = {
  'questions': { value: 8000, unit: 'questions', what: 'new ones of a round, before its curriculum', origin: 'chosen', source: '16 sets of up to 500 (arXiv 2501.12051)' },
  'gpus': { value: 8, unit: 'GPUs', what: 'one node', origin: 'chosen', source: '' },
  'bytes-per-token': { value: 4.18, unit: 'bytes', what: 'of a question, in the tokenizer of Llama 3', origin: 'measured here', source: '32 questions of MedQA spread over the file: 27,037 bytes, 6,466 tokens' },
  'question-tokens': { value: 202, unit: 'tokens', what: 'of a bare question with its options', origin: 'measured here', source: 'the same 32 questions' },
  'tokens-per-step': { value: 60, unit: 'tokens', what: 'of a reasoning step', origin: 'assumed', source: 'no model of 8B was run here; the policy that ships writes 14 tokens of its own vocabulary' },
  'prefill-tokens-per-second': { value: 20_000, unit: 'tokens/s a GPU', what: 'read, under load, BF16', origin: 'assumed', source: `0.3 of 66,900, to which two published rows come (1000/1000: 15,220 and 2048/128: 3,450 output tokens/s; ${table}): half for BF16, 0.6 for a load that is never full` },
  'tokens-per-second': { value: 5900, unit: 'tokens/s a GPU', what: 'generated, under load, BF16', origin: 'assumed', source: '0.3 of 19,700, by the same two rows and shares' },
  'parameters': { value: 8.03e9, unit: '', what: 'of the policy', origin: 'published', source: 'model card of Llama-3.1-8B-Instruct' },
  'training-flops': { value: 989e12, unit: 'FLOP/s a GPU', what: 'dense BF16, peak', origin: 'published', source: 'NVIDIA, H100 SXM data sheet (1,979 with sparsity)' },
  'training-share': { value: 0.35, unit: '', what: 'of the peak that training reaches', origin: 'assumed', source: 'short rows, sharded weights' },
  'kept': { value: 0.5, unit: '', what: 'of the questions after the curriculum (meds3-v4)', origin: 'chosen', source: 'the default of slowthink curriculum' },
  'items': { value: 1000, unit: 'items', what: 'of a dev set: the base and every round', origin: 'chosen', source: '' },
  'candidates': { value: 16, unit: 'samples', what: 'of an item', origin: 'published', source: 'N = 16 (meds3-v2); v4 takes 32' },
} as const satisfies { readonly [name: string]: Input };

export type InputName = keyof typeof inputs;
export type Values = { readonly [Name in InputName]: number };

export const defaults = Object.fromEntries(Object.entries(inputs).map(([name, { value }]) => [name, value])) as Values;

/** Numbers that replace the defaults; an Error with the flag for one that is no number above 0, or a share above 1. */
export function valuesOf(given: { readonly [flag: string]: string | undefined }): Values {
  const replaced = Object.entries(given).filter((entry): entry is [InputName, string] => entry[1] !== undefined).map(([name, text]) => {
    const value = Number(text);
    const share = name === 'kept' || name === 'training-share';
    if (!(value > 0) || !Number.isFinite(value) || (share && value > 1)) throw new Error(`--${name} wants a number above 0${share ? ' and up to 1' : ''}, not "${text}". Example: --${name} ${inputs[name].value}`);
    return [name, value];
  });
  return { ...defaults, ...Object.fromEntries(replaced) as Partial<Values> };
}
