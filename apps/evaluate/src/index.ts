export { sample } from './sample.ts';
export { judge } from './judge.ts';
