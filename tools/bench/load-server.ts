// A model server for load tests: OpenAI-compatible completions with a fixed latency, texts drawn from a hash of the request. No model.
//   node tools/bench/load-server.ts PORT [LATENCY_MS [STEP_WORDS]]      PORT 0: any free one; STEP_WORDS: words of a step, mean (9.5)      GET /stats: { requests, samples, tokens, inFlight, maxInFlight, repeated, busyMs, wallMs } (share of places in use: busyMs / (places x wallMs)), GET /bodies: the last 512 requests as they came
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const [port = '8950', latency = '100', stepWords = '9.5'] = process.argv.slice(2);
const stretch = Number(stepWords) / 9.5; // of the 6 to 13 words of a step
const words = 'the patient has fever and cough so we check the dose of each drug against renal function then compare the signs with the history'.split(' ');
const stats = { requests: 0, samples: 0, tokens: 0, inFlight: 0, maxInFlight: 0, repeated: 0, busyMs: 0, first: 0 };
const seen = new Set<string>();
const bodies: string[] = [];
const bodiesMax = 512;

interface Asked { readonly prompt?: string; readonly n?: number; readonly seed?: number; readonly stop?: readonly string[] }

/** One step where the request stops at "Step", else up to three steps and an answer. */
function textOf(prompt: string, seed: number, oneStep: boolean): string {
  const hash = createHash('sha256').update(`${seed}\0${prompt}`).digest();
  const open = Number(/Step (\d+):\s*$/.exec(prompt)?.[1] ?? 1);
  const steps = Array.from({ length: oneStep ? 1 : 1 + (hash[0]! % 3) }, (_, step) => Array.from({ length: Math.max(1, Math.round((6 + (hash[step + 1]! % 8)) * stretch)) }, (_word, at) => words[hash[(step * 7 + at) % 32]! % words.length]).join(' '));
  if (!oneStep || open > 3 + (hash[30]! % 3)) steps.push(`The answer is ${'ABCD'[hash[31]! % 4]}`);
  return steps.slice(oneStep ? -1 : 0).map((step, at) => `${at === 0 ? ' ' : `Step ${open + at}: `}${step}.`).join('\n\n');
}

function answer(body: Asked, response: ServerResponse): void {
  const { prompt = '', n = 1, seed = 0, stop = [] } = body;
  const key = createHash('sha1').update(`${n}\0${seed}\0${prompt}`).digest('base64');
  if (seen.has(key)) stats.repeated++; else seen.add(key);
  const start = performance.now();
  stats.first ||= start;
  stats.requests++;
  stats.maxInFlight = Math.max(stats.maxInFlight, ++stats.inFlight);
  setTimeout(() => {
    const texts = Array.from({ length: n }, (_, index) => textOf(prompt, seed + index, stop.some((text) => text.includes('Step'))));
    const tokens = texts.reduce((sum, text) => sum + text.split(' ').length, 0);
    stats.inFlight--;
    stats.busyMs += performance.now() - start;
    stats.samples += n;
    stats.tokens += tokens;
    send(response, { object: 'text_completion', model: 'mock', choices: texts.map((text, index) => ({ index, text, finish_reason: 'stop', logprobs: null })), usage: { prompt_tokens: prompt.split(' ').length, completion_tokens: tokens } });
  }, Number(latency));
}

function send(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  if (request.method === 'GET') { send(response, request.url === '/stats' ? { ...stats, wallMs: stats.first === 0 ? 0 : performance.now() - stats.first } : request.url === '/bodies' ? bodies : request.url === '/health' ? { status: 'ok' } : { object: 'list', data: [{ id: 'mock', object: 'model' }] }); return; }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString();
    bodies[stats.requests % bodiesMax] = body;
    answer(JSON.parse(body) as Asked, response);
  });
});
server.listen(Number(port), '127.0.0.1', 4096, () => console.log(`load server on 127.0.0.1:${(server.address() as AddressInfo).port}, ${latency} ms`));
