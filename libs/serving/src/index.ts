export type { Serving, ServedModel } from './serving.ts';
