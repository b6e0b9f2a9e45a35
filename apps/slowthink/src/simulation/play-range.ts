// One process of the long suite: plays the seeds FROM to TO and prints what came of them as its last line, JSON.
import { playSeeds } from './play-seeds.ts';

const [from, to] = process.argv.slice(2).map(Number);
const { happened, ...played } = await playSeeds(to!, 'npm run test:long -- apps/slowthink/src/simulation', () => {}, from!);
process.stdout.write(`${JSON.stringify({ ...played, happened: [...happened] })}\n`);
