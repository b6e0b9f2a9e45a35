import type { EngineState } from './engine-state.ts';
import { uniformAt } from './philox.ts';
import type { Row } from './row.ts';

/** Draws the next id of a row from logits[from .. from + vocab), or takes the one that is already written, and sees whether the row ends with it. What a watch throws refuses the request. */
export function drawRow(state: EngineState, row: Row, logits: Float32Array, from: number): void {
  const { request, ids } = row;
  const { generation: { sampling, seed, eos, logprobs }, promptTokens } = request;
  const written = request.generation.forced?.[row.sample];
  try {
    if (written !== undefined) {
      const id = written[ids.length]!;
      ids.push(id);
      if (logprobs) row.logprobs.push(state.sampler.logprobOf(logits, from, id));
      if (ids.length === written.length) row.finish = 'length';
      return;
    }
    row.watch ??= request.generation.watch(row.sample);
    const id = state.sampler.draw(logits, from, sampling, uniformAt(seed + row.sample, ids.length));
    ids.push(id);
    if (logprobs) row.logprobs.push(state.sampler.logprob());
    state.counts.generated++;
    const stops = row.watch.push(id);
    if (stops || eos.has(id)) row.finish = 'stop';
    else if (ids.length >= sampling.maxTokens || promptTokens + ids.length >= state.session.contextTokens) row.finish = 'length';
  } catch (error) {
    state.refuse(request, error);
  }
}
