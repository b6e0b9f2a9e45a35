// A worker that says `opened`, answers describe, and does with a sample what its prefix names.
import { parentPort } from 'node:worker_threads';
import type { SampleRequest } from '@slowthink/models';
import type { FromWorker, ToWorker } from '../worker-messages.ts';

const port = parentPort!;
const tell = (message: FromWorker) => port.postMessage(message);

const deeds: Readonly<Record<string, () => void>> = {
  throw: () => { throw new Error('out of luck'); },
  exit: () => process.exit(3),
  loop: () => { for (;;) Math.sqrt(2); },
  reject: () => void Promise.reject(new Error('nobody listens')),
  wait: () => {},
};

port.on('message', (message: ToWorker) => {
  if ('close' in message) port.close();
  if (!('call' in message)) return;
  if (message.kind === 'describe') tell({ call: message.call, answer: { model: 'unreliable', revision: '1' } });
  else deeds[(message.asked as SampleRequest).prefix]!();
});
tell({ opened: 'opened' });
