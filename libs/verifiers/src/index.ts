export { trialRequests, type GraderIdentity, type Verifier, type VerifyRequest } from './verifier.ts';
export { gradeReplies, type Completed } from './grade-replies.ts';
export { sampleAndGrade, type GradedReply, type GradedSample } from './sample-and-grade.ts';
export { commandVerifier, type CommandOptions } from './command-verifier.ts';
export { splitCommand } from './split-command.ts';
export { nameCommand, resolveCommand } from './name-command.ts';
export { judgeVerifier, nameJudge, ofJudge, usualVotes, type JudgeOptions, type JudgeVotes } from './judge-verifier.ts';
export { withVerdictCache, type VerdictCacheOptions } from './with-verdict-cache.ts';
export { identityOfStepJudge, stepJudge, usualStepVotes, type StepJudgeOptions } from './step-judge.ts';
