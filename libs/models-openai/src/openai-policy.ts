import { FaultError } from '@slowthink/faults';
import { orCancelled, type Message, type Policy, type Sample, type SampleReply, type SampleRequest } from '@slowthink/models';
import type { Observer } from '@slowthink/stream';
import { choiceFieldOf, keepsToChoices, tokensForChoices, type ChoiceFieldName } from './choice-fields.ts';
import { detect, type Server } from './detect.ts';
import type { DialectName } from './dialects.ts';
import { faultOfReply } from './errors.ts';
import { openExchange } from './exchange.ts';
import { readChoices, shareTokens, toSample, type Choices } from './from-response.ts';
import { readStream } from './from-stream.ts';
import { learnFrom } from './learn.ts';
import { trimUrl } from './parse-policy.ts';
import { pathOf, stopsOf, toRequestBody, type Part } from './to-request-body.ts';

export interface OpenaiOptions {
  /** Of the server, with or without /v1; may hold user and password. */
  readonly url: string;
  readonly model: string;
  /** Names the weights when the server cannot. */
  readonly revision?: string;
  readonly apiKey?: string;
  /** Default auto: found out by GET /v1/models. */
  readonly dialect?: DialectName | 'auto';
  /** From sending a request to the end of its answer. Default 120,000. */
  readonly timeoutMs?: number;
  /** Sockets at most. Default 256. */
  readonly connections?: number;
  /** Bytes of one answer at most. Default 32 MiB. */
  readonly replyBytesMax?: number;
  readonly observer?: Observer;
}

const templatesMax = 512; // prompts kept as the server rendered them: a question's prompt serves its whole tree

/**
 * A policy behind any OpenAI-compatible server. One request gives n samples where the server can; where it gives fewer, the missing sample i is asked for with seed + i. Not retried here: wrap it.
 * Faults: MODEL_UNREACHABLE, _UNAUTHORIZED, _NOT_FOUND, _OVERLOADED, _TIMEOUT, _SERVER_ERROR, _REPLY_INVALID, _REFUSED, _CONTEXT_EXCEEDED.
 */
export function openaiPolicy(options: OpenaiOptions): Policy {
  const { model, revision, dialect = 'auto', timeoutMs = 120_000, connections = 256, replyBytesMax = 32 * 2 ** 20, observer } = options;
  const url = trimUrl(new URL(options.url));
  const shown = url.replace(/\/\/[^/@]*@/, '//');
  const exchange = openExchange({ url, timeoutMs, connections, replyBytesMax, ...(options.apiKey === undefined ? {} : { apiKey: options.apiKey }) });
  const asked = { model, dialect, ...(revision === undefined ? {} : { revision }) };
  const templates = new Map<string, string>();
  const dropped = new Set<string>(), unable = new Set<ChoiceFieldName>();
  let server: Server | undefined, detecting: Promise<Server> | undefined, samplesMax = Infinity, choicesMax = 0; // choices that one answer was seen to hold

  const look = async (signal?: AbortSignal): Promise<Server> => {
    const found = await detect(exchange, asked, signal);
    if (server?.description.revision !== found.description.revision || server.dialect !== found.dialect) {
      templates.clear();
      dropped.clear();
      unable.clear();
      for (const field of found.dialect.refuses) dropped.add(field);
      samplesMax = found.dialect.samplesMax ?? Infinity;
      choicesMax = 0;
      observer?.({ kind: 'note', level: 'info', message: `${shown} answers as ${found.dialect.name}; context ${found.description.contextTokens ?? 'unknown'} tokens.` });
    }
    server = found;
    return found;
  };
  const known = (): Promise<Server> => (detecting ??= look().finally(() => { detecting = undefined; }));

  /** A field that cannot carry a choice is not sent again: the next one is, or none. */
  const giveUp = (to: Server, field: ChoiceFieldName, how: 'refuses' | 'ignores'): void => {
    if (unable.has(field)) return;
    unable.add(field);
    const next = to.dialect.choices.find((name) => !unable.has(name));
    observer?.({ kind: 'note', level: next === undefined ? 'warn' : 'info', message: `${shown} ${how} the field ${field}, which holds a model to the words of a choice: ${next === undefined ? 'choices are sampled freely' : `${next} is tried`}.` });
  };

  const templateOf = async (messages: readonly Message[], signal?: AbortSignal): Promise<string> => {
    const key = JSON.stringify(messages);
    const kept = templates.get(key);
    if (kept !== undefined) return kept;
    const body = await exchange.send('POST', '/apply-template', `{"messages":${key}}`, signal);
    let prompt: unknown;
    try { prompt = (JSON.parse(body) as { prompt?: unknown }).prompt; } catch { /* named below */ }
    if (typeof prompt !== 'string') throw faultOfReply(exchange.where('POST', '/apply-template'), 'without a prompt', body);
    if (templates.size >= templatesMax) templates.delete(templates.keys().next().value!);
    templates.set(key, prompt);
    return prompt;
  };

  /** A closed connection may be that of a server which was started again, with other weights: its answer counts only when it says it is the same. MODEL_UNREACHABLE: whoever pins the revision looks. */
  const checkSame = async (to: Server, where: string, signal?: AbortSignal): Promise<void> => {
    const { description } = await orCancelled(known(), signal);
    if (description.revision !== to.description.revision) throw new FaultError('MODEL_UNREACHABLE', `${where} was answered by another model than before: the server was started again.`);
  };

  const ask = async (to: Server, request: SampleRequest, part: Part, template: string | undefined, choiceField: ChoiceFieldName | undefined, signal?: AbortSignal): Promise<Choices> => {
    const { path, body } = toRequestBody(to.dialect, model, request, part, template, dropped, choiceField);
    const where = exchange.where('POST', path);
    const stream = to.dialect.stream ? readStream(where) : undefined;
    const { replaced } = exchange;
    const text = await exchange.send('POST', path, body, signal, stream?.push);
    if (exchange.replaced !== replaced) await checkSame(to, where, signal);
    return text === '' && stream !== undefined ? stream.end() : readChoices(where, text);
  };

  const sample = async (request: SampleRequest, signal?: AbortSignal): Promise<SampleReply> => {
    signal?.throwIfAborted();
    const to = server ?? await orCancelled(known(), signal);
    const template = to.dialect.prefill === 'template' ? await templateOf(request.messages, signal) : undefined;
    const where = exchange.where('POST', pathOf(to.dialect));
    const samples: (Sample | undefined)[] = Array.from({ length: request.n });
    const usage: { requests: number; readonly samples: number; promptTokens: number; completionTokens: number; cachedTokens?: number } = { requests: 0, samples: request.n, promptTokens: 0, completionTokens: 0 };
    const normal: SampleRequest = to.dialect.prefill === 'plain' ? { ...request, stop: stopsOf(to.dialect, request) } : request;

    const fill = async (part: Part, until?: AbortSignal): Promise<void> => {
      const choiceField = choiceFieldOf(to.dialect, request, unable);
      let got: Choices;
      try { got = await ask(to, request, part, template, choiceField, until); } catch (error) {
        const learned = learnFrom(error, request, part, dropped, choiceField);
        if (learned === undefined) throw error;
        if (learned.unable !== undefined) giveUp(to, learned.unable, 'refuses');
        if (learned.drop !== undefined) dropped.add(learned.drop);
        if (learned.samplesMax !== undefined) samplesMax = Math.min(samplesMax, learned.samplesMax);
        return;
      }
      const given = got.choices.flatMap((choice, i) => (choice === undefined ? [] : [{ choice, i }]));
      const present = given.filter(({ i }) => i < part.n); // those above n are nobody's
      if (choiceField !== undefined && !keepsToChoices(request.choices!, present.map(({ choice }) => choice))) {
        giveUp(to, choiceField, 'ignores');
        return; // asked again, as every later choice is; in no usage, which must not tell who came first (law 4)
      }
      usage.requests++;
      usage.promptTokens += got.promptTokens ?? Math.ceil((Buffer.byteLength(request.prefix) + request.messages.reduce((sum, message) => sum + Buffer.byteLength(message.content), 0)) / 4);
      if (got.cachedTokens !== undefined) usage.cachedTokens = (usage.cachedTokens ?? 0) + got.cachedTokens;
      const tokens = shareTokens(given.map(({ choice }) => choice), got.completionTokens, choiceField === undefined ? request.sampling.maxTokens : tokensForChoices(request.choices!, request.sampling.maxTokens));
      choicesMax = Math.max(choicesMax, present.length);
      if (present.length < part.n) samplesMax = Math.max(1, Math.min(samplesMax, choicesMax)); // one answer that is short says nothing about a server that has given more
      const context = got.promptTokens === undefined || to.description.contextTokens === undefined ? undefined : { promptTokens: got.promptTokens, contextTokens: to.description.contextTokens };
      for (const [at, { choice, i }] of given.entries()) {
        if (i >= part.n) continue;
        samples[part.first + i] = toSample(exchange.where('POST', pathOf(to.dialect, choiceField)), choice, tokens[at]!, normal, choice.tokens === undefined && part.n > 1 ? undefined : context);
        usage.completionTokens += tokens[at]!;
      }
    };

    for (let round = 0, before = -1; ; round++) {
      const parts = missingParts(samples, samplesMax);
      if (parts.length === 0) break;
      const left = samples.filter((one) => one === undefined).length;
      if (left === before && round > 6) throw faultOfReply(where, `${request.n - left} of ${request.n} samples and gives no more`);
      before = left;
      if (parts.length === 1) await fill(parts[0]!, signal);
      else await together(parts, fill, signal);
    }
    return { samples: samples as Sample[], usage };
  };

  return { sample, describe: async (signal) => (await look(signal)).description, close: () => exchange.close() };
}

/** The samples that are missing, in runs of at most `max`. */
export function missingParts(samples: readonly (Sample | undefined)[], max: number): readonly Part[] {
  const parts: { first: number; n: number }[] = [];
  for (const [i, sample] of samples.entries()) {
    const last = parts.at(-1);
    if (sample !== undefined) continue;
    if (last !== undefined && last.first + last.n === i && last.n < max) last.n++;
    else parts.push({ first: i, n: 1 });
  }
  return parts;
}

/** Runs the parts at once; the first that fails cancels the others. */
async function together(parts: readonly Part[], fill: (part: Part, until: AbortSignal) => Promise<void>, signal?: AbortSignal): Promise<void> {
  const failed = new AbortController();
  const until = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  await Promise.all(parts.map((part) => fill(part, until).catch((error: unknown) => { failed.abort(new FaultError('MODEL_SERVER_ERROR', 'Another part of the request failed.')); throw error; })));
}
