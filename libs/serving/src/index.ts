export type { Serving, ServedModel } from './serving.ts';
export { servingForm, type ServingOptions } from './serving-form.ts';
export { shownServing } from './shown-serving.ts';
