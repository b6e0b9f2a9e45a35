import { FaultError } from '@slowthink/faults';
import type { Sample, SampleReply, SampleRequest } from '@slowthink/models';
import { canonicalPieces } from './canonical-pieces.ts';
import { uniformAt } from './engine/philox.ts';
import { makeSampler } from './engine/sampler.ts';
import type { Engine } from './engine-types.ts';
import type { TextModel } from './text-model.ts';

export interface ChoosingModel {
  readonly text: TextModel;
  readonly engine: Pick<Engine, 'generate'>;
  /** As faults name the model. */
  readonly name: string;
}

/** A prompt, and each word as the tokens that follow it. */
export interface WordsBehind {
  readonly pieces: readonly (readonly number[])[]; // see canonicalPieces
  readonly promptTokens: number;
  readonly words: readonly (readonly number[])[]; // none is empty
}

/**
 * The request's prompt and its choices as tokens. Prompt and word are tokenized as one text; where the border runs inside a token for any of them, the prompt ends before it for all, so that all words are scored behind
 * the same tokens. MODEL_REFUSED: a word that is no token of its own there.
 */
export function wordsBehind({ text, name }: Omit<ChoosingModel, 'engine'>, { id, messages, prefix }: SampleRequest, choices: readonly string[]): WordsBehind {
  const prompt = text.tokenize(messages, prefix);
  const whole = choices.map((word) => text.tokenize(messages, prefix + word).ids);
  let shared = prompt.ids.length;
  for (const ids of whole) while (prompt.ids.slice(0, shared).some((one, at) => one !== ids[at])) shared--;
  const words = whole.map((ids) => ids.slice(shared));
  const none = words.findIndex((ids) => ids.length === 0);
  if (none >= 0) throw new FaultError('MODEL_REFUSED', `Request ${id}: the tokenizer of ${name} has no token for the choice ${JSON.stringify(choices[none])}.`, { hint: 'Use a model whose tokenizer knows these characters.' });
  return { pieces: canonicalPieces({ ids: prompt.ids.slice(0, shared), messageTokens: Math.min(prompt.messageTokens, shared) }, text.bytesOf), promptTokens: shared, words };
}

/**
 * The score of each word w of tokens t1..tm behind the prompt x:
 *   score(w) = sum over i of ln p(ti | x, t1..t(i-1))
 * It is the logarithm of the probability that an answer begins with w. The end of the turn is no part of it: whether a model would go on behind the word ("Finish the …", "Reason: …") says nothing about which word it
 * means, `parseChoice` of libs/prompts reads a free answer by its beginning too, and engines with grammars do not count the end either. It does not favour the shorter word, as it would where one is the beginning of
 * another and has the other's mass as well: here none is, so the words are events that exclude each other, and P(w) below is exactly that of free answers that begin with one of them. A model that has never seen the words
 * doubts each of their tokens, and then the one of fewer tokens wins: such a model should not be asked.
 */
export async function wordScores({ engine }: Pick<ChoosingModel, 'engine'>, { pieces, words }: WordsBehind, signal?: AbortSignal): Promise<Float32Array> {
  const longest = Math.max(...words.map((word) => word.length));
  const scored = await engine.generate({
    pieces, n: words.length, seed: 0, sampling: { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: longest }, eos: new Set(), watch: () => ({ push: () => false }), logprobs: true, forced: words,
  }, signal);
  return Float32Array.from(scored, ({ logprobs }) => logprobs!.reduce((sum, one) => sum + one, 0));
}

/**
 * Each sample is one of the choices. With T the temperature,
 *   P(w) = exp(score(w) / T) / sum over v of exp(score(v) / T)
 * and temperature 0 takes the largest score, the first of equal ones; top-k, top-p and min-p act on the words as they do on tokens. Sample i is drawn with seed + i. Every word is scored once, whatever n is, in rows of the
 * decode loop: the scores, too, depend on the request and the weights alone. A sample counts its word's tokens, also beyond maxTokens; the first of its log-probabilities is ln P(w), the others are 0: nothing else was drawn.
 */
export async function chooseWord(model: ChoosingModel, request: SampleRequest, choices: readonly string[], signal?: AbortSignal): Promise<SampleReply> {
  const { n, seed, sampling, logprobs = false } = request;
  const behind = wordsBehind(model, request, choices);
  const scores = await wordScores(model, behind, signal);
  const sampler = makeSampler(choices.length);
  const samples = Array.from({ length: n }, (_, i): Sample => {
    const drawn = sampler.draw(scores, 0, sampling, uniformAt(seed + i, 0)), tokens = behind.words[drawn]!.length;
    return { text: choices[drawn]!, finish: 'stop', tokens, ...(logprobs ? { logprobs: [sampler.logprob(), ...Array.from({ length: tokens - 1 }, () => 0)] } : {}) };
  });
  return { samples, usage: { requests: 1, samples: n, promptTokens: behind.promptTokens, completionTokens: samples.reduce((sum, { tokens }) => sum + tokens, 0) } };
}
