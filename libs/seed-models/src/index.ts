// Where the models that ship lie. What they are and what they are not: README.md of this package; what was measured of them: results.json.
import { fileURLToPath } from 'node:url';

/** The model folder of the policy `seed`, an absolute path. */
export const seedPolicyDir = (): string => fileURLToPath(new URL('../policy', import.meta.url));

/** The model folder of the step scorer `seed`, an absolute path. */
export const seedScorerDir = (): string => fileURLToPath(new URL('../scorer', import.meta.url));

/** Parameters of both, as README.md lists them. */
export const seedParameters = { policy: 1_148_032, scorer: 1_148_290 } as const;
