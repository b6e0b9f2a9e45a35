export { canGrade, grade, graderOf, statesAnswer, type GradeOptions } from './grade.ts';
