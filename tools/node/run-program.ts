// The product runs programs of its own the same way (libs/programs).
export { runProgram, SetUpError, type Ended } from '@slowthink/programs';
