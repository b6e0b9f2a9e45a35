/** A model that the next round asks. */
export interface ServedModel {
  readonly name: string; // round-1: unique in an evolution
  readonly model: string; // folder of the whole model
  readonly adapter: string | null; // folder of the LoRA adapter, where there is one
  readonly sha256: string; // model hash; becomes the revision of what is served
}

/**
 * How a new policy comes to be asked: inside this process, or by a model server that is restarted or loads an adapter.
 * Gives what --policy is to say, revision included. SERVING_FAILED: the server does not come back, refuses the adapter, or does not list the model; its message says whether what was served before still is.
 */
export interface Serving {
  readonly name: string; // as the setting names it, without user and password
  /** What of a model is served: the whole of it, or its adapter, laid over the base that the server has. */
  readonly weights: 'model' | 'adapter';
  /** Asked for what is served already, it gives the same answer at once. Rejects with the reason of the signal when that ended it. */
  serve(model: ServedModel, signal: AbortSignal): Promise<string>;
  /** Whether what is served now is still there after `close`; true where nothing is known to be. */
  lasts(): boolean;
  /** Ends what was started here. A server that runs elsewhere, and an adapter that it loaded, stay. */
  close(): Promise<void>;
}
