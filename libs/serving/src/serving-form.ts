// What --serving may name: one row a form.
import { FaultError } from '@slowthink/faults';
import { embeddedServing } from './embedded-serving.ts';
import { loraServing } from './lora-serving.ts';
import { restartServing } from './restart-serving.ts';
import type { Serving } from './serving.ts';
import { shownServing } from './shown-serving.ts';

export interface ServingOptions {
  /** Gets server.log and server-process.json of a server that is started; is made where it is not there. */
  readonly folder: string;
  /** Of the model server; none where it asks for none. Default SLOWTHINK_MODELS_API_KEY. */
  readonly apiKey?: string | null;
  /** From starting a server, or asking it to load, until it lists the model. Default 15 minutes. */
  readonly readyMs?: number;
  /** From asking a server to end until it is killed. Default 30 s. */
  readonly graceMs?: number;
  /** Gets a line about what takes long or is unusual. */
  readonly say?: (line: string) => void;
}

interface ServingForm {
  /** As it is typed. */
  readonly form: string;
  readonly takes: (text: string) => boolean;
  readonly make: (text: string, options: ServingOptions) => Serving;
}

const forms: readonly ServingForm[] = [
  { form: 'embedded', takes: (text) => text === 'embedded', make: embeddedServing },
  { form: 'restart:URL PROGRAM ARGS… {model} {name}', takes: (text) => text.startsWith('restart:'), make: restartServing },
  { form: 'lora:URL#BASE', takes: (text) => text.startsWith('lora:'), make: loraServing },
];

/** What a text names; nothing is started and nobody asked. SETTING_INVALID names every form. */
export function servingForm(text: string, options: ServingOptions): Serving {
  const found = forms.find(({ takes }) => takes(text));
  if (found === undefined) throw new FaultError('SETTING_INVALID', `--serving is ${JSON.stringify(shownServing(text))}; allowed: ${forms.map(({ form }) => form).join(', ')}.`, { hint: 'Leave --serving out for models inside this process: embedded.' });
  return found.make(text, options);
}
