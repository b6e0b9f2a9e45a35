import { FaultError } from '@slowthink/faults';
import type { Policy, PolicyDescription, SampleReply, SampleRequest } from './policy.ts';

// A recording is JSONL: {"describe": …} and {"request": …, "reply": …}, in the order the answers came. Faults are not recorded.

type Line = { readonly describe: PolicyDescription } | { readonly request: SampleRequest; readonly reply: SampleReply };

/** What the model is asked, without the id: the same question in another run finds the same answer. */
const keyOf = (request: SampleRequest): string => JSON.stringify([
  request.messages.map((message) => [message.role, message.content]), request.prefix, request.n, request.seed, request.stop, request.choices ?? null,
  request.sampling.temperature, request.sampling.topP, request.sampling.topK, request.sampling.minP, request.sampling.maxTokens,
]);

/** Passes everything through and hands each answer to `write` as one line of JSON with its line end. */
export function withRecording(policy: Policy, write: (line: string) => void): Policy {
  const keep = (line: Line) => write(`${JSON.stringify(line)}\n`);
  return {
    describe: async (signal) => { const describe = await policy.describe(signal); keep({ describe }); return describe; },
    sample: async (request, signal) => { const reply = await policy.sample(request, signal); keep({ request, reply }); return reply; },
    close: () => policy.close(),
  };
}

/** Answers from a recording and from nothing else; `name` (a path) is named in faults. A request that was never recorded: MODEL_REFUSED. A broken line: MODEL_REPLY_INVALID, at once. */
export function replayPolicy(text: string, name: string): Policy {
  const replies = new Map<string, SampleReply>();
  let description: PolicyDescription | undefined;
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    let value: Line;
    try {
      value = JSON.parse(line) as Line;
      if ('describe' in value) description ??= value.describe;
      else replies.set(keyOf(value.request), value.reply);
    } catch (cause) { throw new FaultError('MODEL_REPLY_INVALID', `${name}, line ${at + 1}, is not a line of a recording.`, { cause, hint: 'Record it again.' }); }
  }
  return {
    describe: async () => description ?? { model: 'recording', revision: 'recording', contextTokens: undefined },
    sample: async (request, signal) => {
      signal?.throwIfAborted();
      const reply = replies.get(keyOf(request));
      if (reply === undefined) throw new FaultError('MODEL_REFUSED', `The recording ${name} holds no answer to request ${request.id} (seed ${request.seed}, n ${request.n}).`, { hint: 'Record it again with this request.' });
      return reply;
    },
    close: async () => {},
  };
}
