import { join, resolve } from 'node:path';
import { privatePython } from '../node/private-python.ts';

const here = import.meta.dirname;

/** A private Python with the pinned packages of the model server, made once in .cache/server. Returns the path of its interpreter. Throws SetUpError. */
export const setUp = (say: (line: string) => void): Promise<string> =>
  privatePython({ who: 'The model server', what: 'the model server (130 MB, once)', folder: resolve(here, '../../.cache/server'), requirementsFile: join(here, 'requirements.txt') }, say);
