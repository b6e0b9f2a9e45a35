// The rounds of an evolution as data: what is done, what comes next, what is kept. No I/O.
export {};
