export { choicePrompt, finishPrompt, parseChoice, questionText, reasonPrompt, rolloutPrompt, type PromptInput, type PromptMessage, type PromptText } from './prompts.ts';
export { joinSteps, markStep, normaliseStep, openStep, parseSteps, splitSteps, STEP_SEPARATOR, STEP_ZERO, type Stepping } from './steps.ts';
export { judgePrompt, parseJudgement, referenceText, type JudgeInput } from './judge.ts';
