export { resultFiles, resultPaths } from './folder.ts';
export { itemsFileOf, readItemLines, readItems, type ReadItemsOptions } from './read-items.ts';
export { writeSorted, type WrittenFile } from './write-sorted.ts';
export { removeLeftovers, temporaryPath, writeWhole } from './temporary-files.ts';
export { candidatesSelect, itemsSelect } from './candidates-select.ts';
