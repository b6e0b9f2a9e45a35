// Every word that is put to a model beside the question and its steps. The example is invented; it stands in no benchmark.
import { joinSteps, STEP_ZERO, type Stepping } from './steps.ts';

const steppingWords: { readonly [Key in Stepping]: string } = {
  marked: 'Begin each step with "Step k:" and keep it short.',
  paragraph: 'Write each step as one short paragraph, with a blank line between two.',
};

/** The one instruction, before the worked example. Short: a model of 135 M parameters has to follow it. */
export const instruction = (stepping: Stepping): string => `Solve the medical question step by step. ${steppingWords[stepping]} The last step is "The answer is X.", where X is the letter of the option, `
  + 'or yes, no or maybe, or the number with its unit, or the words, as the question asks.';

export const EXAMPLE_QUESTION = 'A 30-year-old woman is tired and pale. Her hemoglobin and her ferritin are low. What does she lack?\nA. Folate\nB. Iron\nC. Cobalamin';

export const exampleSolution = (stepping: Stepping): string => joinSteps([STEP_ZERO, 'Low hemoglobin means anemia.', 'Low ferritin means that the iron stores are empty.', 'The answer is B.'], stepping);

/** Behind the question of a Finish. */
export const FINISH_REQUEST = 'Finish the reasoning. The last step is "The answer is X."';

/** Behind the question of a rollout. */
export const ROLLOUT_REQUEST = 'Complete the steps and give the final answer. The last step is "The answer is X."';

/** Behind the question of a Reflect. The same whether the steps are right or wrong: it does not say that anything is. */
export const REFLECT_REQUEST = 'Check the steps so far in one more step, and correct them if needed.';

/** How the step of a Reflect begins. It stands in the prefix, so that a policy which gets the bare question knows what is asked. The same for right and wrong steps. */
export const REFLECT_OPENING = 'Let me check the steps above.';

/** What `slowthink doctor` asks a policy, and has a scorer value. */
export const PROBE_QUESTION = 'Name one vital sign.';
export const probeSteps: readonly string[] = [STEP_ZERO, 'The pulse is one.', 'The answer is pulse.'];

/** Behind the steps so far, as a turn of its own. */
export const CHOICE_REQUEST = 'Reason or Finish? Reply with one word: Reason if one more step is needed, Finish if the answer can be given now.';

/** The two words that it asks for. Neither is the beginning of the other. */
export const CHOICES: readonly string[] = Object.freeze(['Reason', 'Finish']);
