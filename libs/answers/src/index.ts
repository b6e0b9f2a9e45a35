export { exactMatch, exactMatchBy, type ExactMatch, type MedsssRelease } from './exact-match.ts';
export { canGrade, grade, graderOf, statesAnswer, type GradeOptions } from './grade.ts';
export { readAnswer, readerOf, unanswered, type Allowed, type AnswerRead } from './read-answer.ts';
export { askedUnit } from './asked-unit.ts';
