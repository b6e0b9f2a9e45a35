// npm run compare:grading: prints the comparison that docs/grading.md holds.
import { comparisonText } from './compare.ts';

console.log(comparisonText());
