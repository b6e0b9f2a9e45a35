export { choicePrompt, finishPrompt, parseChoice, probePrompt, probeSolution, reasonPrompt, reflectPrompt, reflectStep, rolloutPrompt, type PromptInput, type PromptText } from './prompts.ts';
export { judgePrompt, parseJudgement, referenceText, type JudgeInput } from './judge.ts';
export { parseStepVerdicts, stepJudgePrompt } from './step-judge.ts';
export { questionMessages, questionText, type PromptMessage } from './question.ts';
export { joinSteps, judgedText, markStep, normaliseStep, openStep, parseSteps, splitSteps, STEP_SEPARATOR, STEP_ZERO, type Stepping } from './steps.ts';
export { readReply, splitThinking, type ModelReply, type Thinking, type WrittenReply } from './thinking.ts';
export { CHOICES, REFLECT_OPENING } from './wording.ts';
