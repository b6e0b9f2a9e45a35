// The product makes the Python of a local training the same way (libs/programs).
export { findPython, privatePython, type PythonNeeds } from '@slowthink/programs';
