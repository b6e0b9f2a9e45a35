// A thread that labels a tree with 1.5 million pairs and says how many it made: the bound of its memory is the test. No part of the product imports this file.
import { parentPort } from 'node:worker_threads';
import { node, pairsOf, treeOf } from './valued-tree.ts';

const children = Array.from({ length: 1750 }, (_, at) => at);
const tree = treeOf(...['0.0', '0.1'].flatMap((parent) => [node(parent, 1, `Idea ${parent}.`, 0.5, 1750), ...children.map((at) => node(`${parent}.${at}`, 2, `Thought ${at}.`, at % 2 === 0 ? 1 - at / 1e5 : at / 1e5, 1))]));
parentPort!.postMessage(pairsOf(tree, { pairs: ['level', 'siblings', 'leaf'] }).map(({ chosen, rejected }) => [chosen.nodeId, rejected.nodeId]));
