import fc from 'fast-check';

// Property tests draw the same examples in every run, so that a run can be repeated; FAST_CHECK_SEED=N (or random) draws others.
const seed = process.env['FAST_CHECK_SEED'] ?? '20501';
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });
