// The phrases by which a text turns against what it has just said.

const AGAIN = String.raw`(?: (?:that|this|it|my answer|the (?:question|options|case|calculation)))?(?: (?:again|through|over|carefully|more carefully|once more)){0,2}`;
const LET_ME = String.raw`(?:let me|let's|I (?:should|must|need to|will|have to)|I'll)`;
const ENDED = String.raw`[*_"')\]]{0,4}(?=[.,;:!–—]|\s-\s|\s*\n|\s*$|[ \t](?:because|since|as|after all|at all|though|either)\b)`;
const THAT = String.raw`(?:(?:that|this|it)(?: answer| choice| option)?|my (?:(?:previous|first|last|initial) )?(?:answer|choice)|(?:the|my) (?:previous|first|last|above|initial) (?:answer|choice))`;
const ADVERB = String.raw`(?:(?:all|just|completely|clearly|actually|obviously|probably|simply|quite|really|exactly) )?`;
const RIGHT = String.raw`(?:right|correct|true|it|so|the (?:right|correct|best|final) (?:answer|one|option|choice))`;
const NOT_RIGHT = String.raw`${THAT}(?:(?:'s| is| was| must be| seems| looks) ${ADVERB}(?:wrong|incorrect|mistaken|false|a mistake|an error|not ${ADVERB}${RIGHT})| (?:isn't|wasn't|can't be|cannot be|can not be|couldn't be|doesn't seem|does not seem) ${ADVERB}${RIGHT})`;
const TAKEN_BACK = String.raw`(?:scratch|strike|disregard|ignore|forget|cancel) (?:that|this|it|my (?:previous |last |first )?answer)|never ?mind(?: that)?|I (?:take (?:that|this|it|my answer) back|take back (?:that|this|my answer)|(?:withdraw|retract) (?:that|this|it|my answer))`
  + String.raw`|I(?:'ve| have)? changed my mind|my (?:mistake|bad|error)|I(?: was|'m| am) (?:clearly |obviously )?(?:wrong|mistaken|incorrect)|I(?:'ve| have)? ?made an? (?:\w{1,12} )?(?:mistake|error)|${LET_ME} (?:correct|revise|change|fix|amend|withdraw|retract) (?:that|this|it|myself|my (?:\w{1,10} )?answer)`;
const DOUBT = String.raw`hm{1,8}|wait|hold on|w?hoops|oops|on (?:second thoughts?|(?:further |closer )?reflection)|${LET_ME} (?:re-?(?:consider|think|evaluate|examine|assess|check|visit|calculate|compute|read|do)|double-?check|check|think)${AGAIN}`;
const FAR = 'oh|sorry|(?:my )?apologies|I apologi[sz]e|actually|correction';
const NEAR = String.raw`no(?:pe)?(?=[,.;:!–—-]|[ \t](?:wait|sorry|actually|I mean)\b)|I (?:mean|meant)|(?:or )?rather`;
const WORD_END = String.raw`(?![\p{L}\p{N}_'-])`;

/** What a turn begins with, anywhere in a text; whether its clause begins there is not looked at. */
export const TURN_START = new RegExp(String.raw`(?<![\p{L}\p{N}'_-])(?:(?:${DOUBT}|${FAR}|${NEAR})${WORD_END}|(?:${TAKEN_BACK}|${NOT_RIGHT})${ENDED})`, 'giu');
/** "Wait", "on second thought", "let me reconsider". */
export const DOUBTS = new RegExp(`(?:${DOUBT})${WORD_END}`, 'iuy');
/** Words that turn against the answer however far back it stands. */
export const FAR_WORDS = new RegExp(`(?:${FAR})${WORD_END}`, 'iuy');
/** Words that turn only against what stands right before them, and words that join the parts of a turn. */
export const NEAR_WORDS = new RegExp(`(?:${NEAR}|but|well|yes|yeah|okay|ok|so)${WORD_END}`, 'iuy');
/** "Scratch that", "I was wrong": nothing but an answer is meant. */
export const TAKES_BACK = new RegExp(`(?:${TAKEN_BACK})${ENDED}`, 'iuy');
/** "That's not right": what "that" is must be seen from what stands before it. "That's not right for A" and "it is not correct to …" say another thing. */
export const SAYS_NOT_RIGHT = new RegExp(`(?:${NOT_RIGHT})${ENDED}`, 'iuy');
/** The "no" of "Actually no." */
export const NO_ALONE = /no(?:pe)?[*_"')]{0,3}(?=\s{0,3}(?:[.!;:–—]|$)|[ \t]{0,3}\n)/iy;
/** "It is right after all." */
export const SAYS_RIGHT = new RegExp(String.raw`(?:(?:it|that)(?:'s| is| was)|(?:the|my) (?:first |original |previous )?answer (?:is|was))(?: (?:indeed|actually|still|in fact))?(?: (?:right|correct|fine|true))${ENDED}`, 'iuy');
