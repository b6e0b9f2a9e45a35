export { runProgram, SetUpError, type Ended } from './run-program.ts';
export { findPython, placeOfPython, privatePython, type PythonNeeds, type PythonVersion } from './private-python.ts';
export { findProgram } from './find-program.ts';
export { startProgram, type ProgramEnd, type ProgramStart, type RunningProgram } from './start-program.ts';
export { endLeftProcess, killLeftProcess, noteProcess } from './left-process.ts';
export { isRunning } from './is-running.ts';
export { processStart } from './process-start.ts';
export { lastWords } from './last-words.ts';
