import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultError } from '@slowthink/faults';
import { endLeftProcess, lastWords, startProgram, type ProgramEnd, type RunningProgram } from '@slowthink/programs';
import { fillTemplate, splitCommand } from '@slowthink/settings';
import { serverAddress } from './server-address.ts';
import { namesOf, NotThere, serverApi, type ListedModel } from './server-api.ts';
import type { ServedModel, Serving } from './serving.ts';
import type { ServingOptions } from './serving-form.ts';
import { shownServing } from './shown-serving.ts';

const hint = 'Write it as restart:URL PROGRAM ARGS… with {model} and {name}, for example restart:http://127.0.0.1:8000 vllm serve {model} --served-model-name {name} --port 8000 (docs/serving.md).';
const names = ['model', 'adapter', 'name'] as const;
const lookMs = 300;

/**
 * A model server that is started anew for each model: the one before is ended first, since both want the same port and memory. A program that stays is the server, and ends with `close`; one that ends with exit code 0 has
 * restarted a service somewhere else. It is ready when GET URL/v1/models lists {name}. A server that an earlier, killed Slowthink left is ended too.
 * SETTING_INVALID; SERVING_FAILED with the last lines of FOLDER/server.log.
 */
export function restartServing(name: string, { folder, apiKey, readyMs = 900_000, graceMs = 30_000, say = () => {} }: ServingOptions): Serving {
  const [, url = '', command = ''] = /^restart:(\S*)\s*([^]*)$/.exec(name) ?? [];
  const address = serverAddress(url, name, hint);
  const place = { before: `--serving "restart:${address.shown} `, hint };
  const template = splitCommand(command, place);
  const filled = fillTemplate(template, names, place, command);
  const uses = (hole: (typeof names)[number]): boolean => template.some((part) => part.includes(`{${hole}}`));
  if (!uses('name') || !(uses('model') || uses('adapter'))) throw new FaultError('SETTING_INVALID', `${place.before}${command}": the server is not told ${uses('name') ? 'which weights to load: {model} or {adapter}' : 'under which name to list them: {name}'} is missing.`, { hint });

  const api = serverApi(address, apiKey);
  const log = join(folder, 'server.log'), note = join(folder, 'server-process.json');
  let current: { readonly served: ServedModel; readonly running: RunningProgram; end?: ProgramEnd } | undefined;

  const listed = async (signal: AbortSignal): Promise<readonly ListedModel[] | NotThere> => {
    try { return await api.models(signal); } catch (error) { if (error instanceof NotThere) return error; throw error; }
  };
  const end = async (): Promise<string | undefined> => {
    const before = current;
    current = undefined;
    if (before === undefined) { if (await endLeftProcess(note, graceMs)) say(`A model server of an earlier attempt still ran; it was ended.`); return undefined; }
    if (before.end === undefined) await before.running.stop(graceMs);
    return before.served.name;
  };

  return {
    name: shownServing(name),
    weights: uses('adapter') ? 'adapter' : 'model',
    lasts: () => current === undefined || current.end !== undefined,
    serve: async (served, signal) => {
      signal.throwIfAborted();
      const policy = `openai:${address.url}#${served.name}@${served.sha256}`;
      if (current?.served.name === served.name && current.served.sha256 === served.sha256 && (current.end === undefined || current.end.code === 0)) return policy;
      if (uses('adapter') && served.adapter === null) throw new FaultError('SERVING_FAILED', `${served.name} has no LoRA adapter, and the command asks for {adapter}.`, { hint: 'Use {model}, or train with LoRA.' });
      const before = await end();
      const failed = (why: string, next?: string): FaultError => new FaultError('SERVING_FAILED', `${served.name} is not served at ${address.shown}: ${why}${/[.!?]$/.test(why) ? '' : '.'}${before === undefined ? '' : ` ${before}, which was served before, was ended for it.`}`, next === undefined ? {} : { hint: next });

      let stale = Array.isArray(await listed(signal)); // another one, or the same service before its restart: what it lists says nothing yet
      await mkdir(folder, { recursive: true });
      const argv = filled({ model: resolve(served.model), adapter: served.adapter === null ? '' : resolve(served.adapter), name: served.name });
      const running = await startProgram({ argv, log, note }).catch((error: NodeJS.ErrnoException) => { throw failed(`${argv[0]} cannot be started: ${error.code === 'ENOENT' && error.syscall?.startsWith('spawn') ? 'there is no such program' : error.message}`, 'Correct --serving, or the folder of this evolution.'); });
      const mine: NonNullable<typeof current> = { served, running };
      void running.ended.then((over) => { mine.end = over; });
      say(`Starting the model server for ${served.name} (${address.shown}) …`);
      try {
        for (const until = performance.now() + readyMs; ;) {
          const over = mine.end;
          if (over !== undefined && over.code !== 0) throw failed(`its server ended ${over.signal === null ? `with exit code ${over.code}` : `by ${over.signal}`}. ${lastWords(over.said) === '' ? 'It printed nothing.' : `It printed: ${lastWords(over.said)}`}`, `${log} holds all that it said.`);
          const found = await listed(signal);
          if (found instanceof NotThere) stale = false;
          else if (found.some(({ id }) => id === served.name) && (!stale || over !== undefined)) { current = mine; return policy; }
          if (performance.now() > until) throw failed(`GET /v1/models does not list it after ${readyMs / 1000} s; ${found instanceof NotThere ? found.message : stale && over === undefined ? `a server that was there before still answers, with ${namesOf(found)}: stop it` : `it lists ${namesOf(found)}`}`, `${log} holds what the server said.`);
          await sleep(lookMs, undefined, { signal }).catch(() => signal.throwIfAborted());
        }
      } catch (error) {
        if (mine.end === undefined) await running.stop(graceMs);
        throw error;
      }
    },
    close: async () => { if (current !== undefined) await end(); },
  };
}
