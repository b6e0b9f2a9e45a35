/** A model that the next round asks. */
export interface ServedModel {
  readonly name: string; // round-1: unique in an evolution
  readonly model: string; // folder of the whole model
  readonly adapter: string | null; // folder of the LoRA adapter, where there is one
  readonly sha256: string; // model hash; becomes the revision of what is served
}

/**
 * How a new policy comes to be asked: inside this process, or by a model server that is restarted or loads an adapter.
 * Gives what --policy is to say, revision included. SERVING_FAILED: the server does not come back, refuses the adapter, or does not list the model; what was served before is then still named.
 */
export interface Serving {
  readonly name: string; // as the setting names it
  serve(model: ServedModel, signal: AbortSignal): Promise<string>;
}
