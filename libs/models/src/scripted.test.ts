import { policyConformance } from './conformance.ts';
import { composePolicy } from './compose-policy.ts';
import { scriptedPolicy, type PolicyScript } from './scripted.ts';

/** Thirty words from prompt and seed; the same for every seed when greedy; longer than a fixed text so that maxTokens cuts it. */
const script: PolicyScript = {
  delayMs: 50,
  answer: (request, _, seed) => {
    let state = request.sampling.temperature === 0 ? 1 : seed * 2654435761 + request.prefix.length;
    return { text: Array.from({ length: 30 }, () => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return ` ${['dose', 'child', 'weight', 'hours', 'maximum', 'therefore'][state >>> 28] ?? 'given'}`; }).join('') };
  },
};

policyConformance('scripted', async () => scriptedPolicy(script));
policyConformance('scripted, composed', async () => composePolicy(scriptedPolicy(script), { inFlightMax: 4 }));
