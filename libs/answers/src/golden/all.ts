import type { Gold } from '@slowthink/records';
import { digitOutputs } from './digit.ts';
import { chattyOutputs, drugOutputs } from './drug.ts';
import { foreignOutputs } from './foreign.ts';
import { alphabet, combined, drugs, germs, groups, letters, maybe, no, two, yes, type Golden, type GoldenCase } from './golden.ts';
import { nameOutputs } from './name.ts';
import { alphabetOutputs, combinedOutputs, germOutputs, groupOutputs, letterOutputs, twoOutputs } from './options.ts';
import { quantityOutputs } from './quantity.ts';
import { spanOutputs } from './span.ts';
import { textOutputs } from './text.ts';
import { thinkingOutputs } from './thinking.ts';
import { withdrawnOutputs } from './withdrawn.ts';
import { maybeOutputs, noOutputs, yesOutputs } from './yes-no.ts';

const of = (gold: Gold, outputs: readonly Golden[]): readonly GoldenCase[] => outputs.map((golden) => [gold, ...golden]);

/** Every handwritten output with the verdict it deserves, by group. */
export const goldenOutputs: { readonly [group: string]: readonly GoldenCase[] } = {
  'a drug out of five': of(drugs, drugOutputs),
  'a drug out of five, at length': of(drugs, chattyOutputs),
  'options that look like letters': of(germs, germOutputs),
  'options that contain other options': of(combined, combinedOutputs),
  'options that are letters': of(groups, groupOutputs),
  'letters without texts': of(letters, letterOutputs),
  'two options': of(two, twoOutputs),
  'twenty-six options': of(alphabet, alphabetOutputs),
  'other languages': of(drugs, foreignOutputs),
  'thinking in tags': of(drugs, thinkingOutputs),
  'an answer withdrawn': withdrawnOutputs,
  'options without letters': textOutputs,
  yes: of(yes, yesOutputs),
  no: of(no, noOutputs),
  maybe: of(maybe, maybeOutputs),
  'digits as classes': digitOutputs,
  quantities: quantityOutputs,
  spans: spanOutputs,
  names: nameOutputs,
};
