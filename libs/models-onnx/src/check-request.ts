import { FaultError } from '@slowthink/faults';
import type { SampleRequest } from '@slowthink/models';

const SAMPLES_MAX = 65_536;

/** MODEL_REFUSED, naming the first field that has no meaning and its value. */
export function checkRequest(request: SampleRequest): void {
  const { messages, prefix, n, seed, sampling, stop, choices } = request;
  const refuse = (field: string, value: unknown, must: string): never => {
    throw new FaultError('MODEL_REFUSED', `Request ${request.id}: ${field} is ${typeof value === 'number' ? String(value) : JSON.stringify(value)}; it must be ${must}.`, {
      hint: 'Correct the sampling settings of the recipe.',
    });
  };
  const whole = (field: string, value: unknown, min: number, max?: number) => {
    if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > (max ?? Infinity)) refuse(field, value, `a whole number from ${min}${max === undefined ? '' : ` to ${max}`}`);
  };
  const real = (field: string, value: unknown, max?: number) => {
    if (typeof value !== 'number' || !(value >= 0 && value <= (max ?? Number.MAX_VALUE))) refuse(field, value, `a number from 0${max === undefined ? '' : ` to ${max}`}`);
  };
  whole('n', n, 1, SAMPLES_MAX);
  whole('seed', seed, Number.MIN_SAFE_INTEGER);
  real('sampling.temperature', sampling.temperature);
  real('sampling.topP', sampling.topP, 1);
  whole('sampling.topK', sampling.topK, 0);
  real('sampling.minP', sampling.minP, 1);
  whole('sampling.maxTokens', sampling.maxTokens, 1);
  if (messages.at(-1)?.role !== 'user') refuse('role of the last message', messages.at(-1)?.role ?? null, '"user"');
  if (typeof prefix !== 'string') refuse('prefix', prefix, 'a text');
  for (const [i, text] of stop.entries()) if (typeof text !== 'string' || text === '') refuse(`stop[${i}]`, text, 'a text of at least one character');
  if (choices !== undefined) checkChoices(choices, stop, refuse);
}

function checkChoices(choices: readonly string[], stop: readonly string[], refuse: (field: string, value: unknown, must: string) => never): void {
  if (!Array.isArray(choices) || choices.length < 2) refuse('choices', choices, 'a list of at least two words');
  for (const [i, word] of choices.entries()) {
    if (typeof word !== 'string' || word === '') refuse(`choices[${i}]`, word, 'a text of at least one character');
    if (choices.some((other, j) => j !== i && typeof other === 'string' && other.startsWith(word))) refuse(`choices[${i}]`, word, 'no beginning of another choice');
    if (stop.some((text) => word.includes(text))) refuse(`choices[${i}]`, word, 'without a stop string');
  }
}
