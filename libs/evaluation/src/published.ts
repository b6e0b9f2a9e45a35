// What was published of these benchmarks, which may be said only beside the conditions it was measured under.

/** The eleven sets of arXiv 2501.12051 v4, by the names of datasets/; PubMedQA is one of its two forms. */
export const elevenSets: readonly (readonly string[])[] = [['medqa'], ['medmcqa'], ['pubmedqa', 'pubmedqa-context'], ['bioasq'], ['mmlu-med'], ['pubhealth'], ['drugdose'], ['healthfact'], ['ddxplus'], ['seer'], ['biomrc']];

/** The published average, with its conditions, where all eleven sets were evaluated; else nothing. */
export function publishedNotes(sets: readonly string[]): readonly string[] {
  if (!elevenSets.every((names) => names.some((name) => sets.includes(name)))) return [];
  return ['Published for these eleven sets (arXiv 2501.12051 v4, macro average): MedS3 73.10 %, which is 32 candidates ranked by its process reward model (best-of-N, min), against single samples of the other models: not at equal cost. '
    + 'Its answers were graded by other rules, by three metrics in one table. Compare it with a run of 32 candidates only, and with nothing at one sample.'];
}
