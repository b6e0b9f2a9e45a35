// Where a text announces its answer: "the answer is", "**Answer:**", "the correct option is", "final_decision:", "\boxed{".
import { findForeignCues } from './foreign-cues.ts';
import { matchAt } from './reading.ts';

export interface Cue {
  /** Where the announcement begins. */
  readonly start: number;
  /** Where the answer may begin (fillers first). */
  readonly at: number;
  readonly rule: 'answer statement' | 'boxed' | 'named result' | 'answer line' | 'picked';
  /** Strong cues state a final answer; weak ones ("the most likely diagnosis is") count only where no strong one stands. */
  readonly strong: boolean;
  /** "final answer": replaces what was said before. */
  readonly final: boolean;
  /** "the answer isn't", "cannot be". A "not" of its own is left to the reader. */
  readonly negated: boolean;
}

const HEAD = /\\boxed\s{0,2}\{|(?<![A-Za-z0-9])(?:answer|ans(?=[.:])|option|choice|response|one|diagnosis|cause|mechanism|explanation|step|treatment|therapy|management|medication|drug|test|finding|organism|dose|dosage|value|result|rate|decision|choose|pick|select|go with|opt for)\b/gi;
const SCOPE = 'choice|option|letter|key|here|then|therefore|thus|to (?:this|the) (?:question|problem)|to (?:question|problem) \\d{1,3}|for (?:this|the) (?:question|patient|case|problem)|in this (?:case|question|scenario)'
  + '|(?:among|from|of) (?:the|these) (?:given |listed |provided )?(?:options|choices)';
const LINK = new RegExp(
  String.raw`[*_"')\]]{0,4}(?:,?[ \t]{1,3}(?:${SCOPE})\b,?){0,2}[*_"']{0,4}[ \t]{0,3}\n?[ \t]{0,3}`
  + String.raw`(?:(?<not>(?:isn't|wasn't|cannot be|can't be|can not be|couldn't be|(?:is|was|should|would|must) (?:clearly |definitely |certainly |probably |therefore )?not(?: be)?)(?![\w-]))`
  + String.raw`|(?<if>would (?:therefore |then |thus )?be|would have been)(?!\w)`
  + String.raw`|(?:is (?:most )?likely to be|is|was|(?:should|must|will|has to|seems to|appears to) (?:therefore |then |thus )?be)(?![\w-])(?! not\b)|=>|->|→|[:=]|(?<=<answer)>|(?<=\bans)\.|(?<!\n[ \t]{0,3})[-–—](?=\s))`, 'iy');
const POSITIVE = /\b(?:correct|right|best|appropriate|likely|probable|suitable|final|accurate|ideal|only|chosen|selected)(?:[ \t]{1,3}(?:answer|next|initial|single|first-line))?[\s*_]{1,3}$/i;
const NEGATIVE = /\b(?:incorrect|wrong|false|worst|least (?:likely|appropriate)|other|another|alternative|student's|first|initial)[\s*_]{1,3}$/i;
const DOUBTED = /(?:\b(?:if|whether|unless|suppose|assuming|assume|imagine)|(?:\bnot|n't|\bnever) (?:think|believe|say|mean|true|sure|certain|clear|conclude)(?: that| if| whether)?)[\s,]{1,3}(?:(?:that|the|my|our|a)\s{1,3})?(?:(?:correct|right|best|final)\s{1,3})?$/i;
const CONDITION = /(?:^|[.!?\n]\s{0,3})(?:if|had|were|unless|in case)\b[^.!?\n]*$/i;
const LINE_START = /(?:^|\n)[\s*#>_-]{0,8}(?:(?:the|my|final|correct)\s{1,2}){0,3}$/i;
const PICKER = /\b(?:I|we)(?:'d|'ll| would| will| should| must| therefore| thus){0,2}[ \t]{1,2}$/i;

/** Every announcement of an answer in the text, in order; `own`: of one kind of answer alone, weak. Each looks at most 160 characters back and 80 ahead: linear in the length of the text. */
export function findCues(text: string, own?: RegExp): readonly Cue[] {
  const cues: Cue[] = [...findForeignCues(text)];
  for (const found of own === undefined ? [] : text.matchAll(own)) cues.push({ start: found.index, at: found.index + found[0].length, rule: 'named result', strong: false, final: false, negated: false });
  for (const head of text.matchAll(HEAD)) {
    const cue = cueAt(text, head.index, head[0]);
    if (cue !== undefined) cues.push(cue);
  }
  return cues.sort((a, b) => a.start - b.start);
}

function cueAt(text: string, start: number, head: string): Cue | undefined {
  const behind = start + head.length;
  if (head.startsWith('\\')) return { start, at: behind, rule: 'boxed', strong: true, final: false, negated: false };
  const before = text.slice(Math.max(0, start - 160), start);
  const noun = head.toLowerCase();
  if (/^(?:choose|pick|select|go with|opt for)$/.test(noun)) return PICKER.test(before) ? { start, at: behind, rule: 'picked', strong: false, final: false, negated: false } : undefined;
  if (NEGATIVE.test(before) || DOUBTED.test(before)) return undefined;
  const positive = POSITIVE.test(before);
  if (noun !== 'answer' && noun !== 'ans' && !positive) return undefined;
  const final = /\bfinal[\s*_]{1,3}(?:answer[\s*_]{1,3})?$/i.test(before);
  const link = matchAt(LINK, text, behind);
  if (link === null) {
    return noun === 'answer' && LINE_START.test(before) ? { start, at: behind, rule: 'answer line', strong: true, final, negated: false } : undefined;
  }
  if (link.groups?.['if'] !== undefined && CONDITION.test(before)) return undefined; // "If the potassium were high, the answer would be B"
  const strong = /^(?:answer|ans|option|choice|response|decision)$/.test(noun);
  const excluded = link.groups?.['not'];
  const word = excluded === undefined || /^can/i.test(excluded) ? -1 : link[0].search(/\bnot\b/i); // the "not" of "is not" may begin the answer: "Not tapered"
  return { start, at: behind + (word < 0 ? link[0].length : word), rule: strong ? 'answer statement' : 'named result', strong, final, negated: excluded !== undefined && word < 0 };
}
