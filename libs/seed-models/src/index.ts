// Where the models that ship lie.
export {};
