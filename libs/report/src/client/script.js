// The script of the page: the functions of this folder by their source, which Node has freed of types where they had some. So each is linted, typed and tested as a function, and the file needs no bundler.
import { browse } from './browse.js';
import { drawItem } from './draw-item.js';
import { element } from './element.js';
import { matches } from './matches.ts';
import { start } from './start.js';
import { together } from './together.ts';
import { unpack } from './unpack.ts';
import { verdict } from './verdict.js';

export const clientScript = `'use strict';\n(${start})({ ${[element, matches, together, unpack, verdict, drawItem, browse].map((part) => `${part.name}: ${part}`).join(',\n')} });`;
