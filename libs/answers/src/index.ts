export { exactMatch, exactMatchBy, type ExactMatch, type MedsssRelease } from './exact-match.ts';
export { canGrade, grade, graderOf, statesAnswer, type GradeOptions } from './grade.ts';
