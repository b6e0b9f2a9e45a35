export { canGrade, grade, statesAnswer, type GradeOptions } from './grade.ts';
