// What model servers do wrong, one behaviour each, and which requests get it.
import { createHash } from 'node:crypto';
import { json, ok, replyOf, type Asked, type Behaviour } from './model-server.ts';

/** The right texts, in another number of choices than asked for. */
export const choices = (countOf: (n: number) => number): Behaviour => (asked, response) => json(response, 200, replyOf({ ...asked, n: countOf(asked.n) }));
/** An error with status 200. */
export const errorInside = (code: number, message: string): Behaviour => (_asked, response) => json(response, 200, { error: { message, type: 'error', code } });
/** JSON of another program. */
export const otherJson: Behaviour = (_asked, response) => json(response, 200, { result: { text: 'fine' } });
export const hangUp: Behaviour = (_asked, response) => { response.socket?.destroy(); };
/** The connection breaks in the middle of the body that it announced. */
export const reset: Behaviour = (_asked, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
  response.write('{"choices": [{"index": 0, "text": " consi', () => response.socket?.destroy());
};
/** The right answer in many small pieces, each in a moment of its own. */
export const drip: Behaviour = (asked, response) => {
  const pieces = JSON.stringify(replyOf(asked)).match(/[^]{1,60}/g)!;
  response.writeHead(200, { 'content-type': 'application/json' });
  const next = (): void => { response.write(pieces.shift()!); if (pieces.length === 0) response.end(); else setImmediate(next); };
  next();
};
/** White space, a byte at a time: an answer that begins at once and never ends. */
export const dripForEver: Behaviour = (_asked, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 10);
  response.on('close', () => clearInterval(timer));
};

const tenMegabytes = 10_000_000;
/** The right answer with 10 MB of white space around it: as large as log-probabilities of long texts are. */
export const padded: Behaviour = (asked, response) => json(response, 200, JSON.stringify(replyOf(asked)).padEnd(tenMegabytes, ' '));
/** A text of 10 MB where some hundred tokens were asked for. */
export const longText: Behaviour = (asked, response) => {
  const [one, ...others] = replyOf(asked).choices;
  json(response, 200, { choices: [{ ...one!, text: ' and so on'.repeat(tenMegabytes / 10) }, ...others] });
};

/** The share of requests that a seed draws is answered `bad` at the first `tries` tries, everything else well. Drawn from what is asked, so the order of requests does not matter. */
export function drawn({ seed, share, tries }: { readonly seed: number; readonly share: number; readonly tries: number }, bad: Behaviour): Behaviour & { readonly times: () => number } {
  const tried = new Map<string, number>();
  let times = 0;
  const isDrawn = ({ prompt, seed: base }: Asked): boolean => createHash('sha256').update(JSON.stringify([seed, prompt, base])).digest().readUInt32BE(0) < share * 2 ** 32;
  const behave: Behaviour = (asked, response) => {
    const key = JSON.stringify([asked.prompt, asked.seed]);
    const before = tried.get(key) ?? 0;
    tried.set(key, before + 1);
    const isBad = before < tries && isDrawn(asked);
    if (isBad) times++;
    (isBad ? bad : ok)(asked, response);
  };
  return Object.assign(behave, { times: () => times });
}
