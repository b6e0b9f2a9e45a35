// Thinking models write a thought before the text. The thought is reasoning: kept, never graded, never part of a step.

/** How models mark a thought, as their chat templates and parsers document it. */
const tags: readonly { readonly opens: string; readonly closes: string }[] = [
  { opens: '<think>', closes: '</think>' }, // Qwen3, QwQ, DeepSeek-R1, Phi-4-reasoning, SmolLM3
  { opens: '<thinking>', closes: '</thinking>' },
  { opens: '<thought>', closes: '</thought>' }, // EXAONE Deep
  { opens: '<reasoning>', closes: '</reasoning>' },
  { opens: '<seed:think>', closes: '</seed:think>' }, // Seed-OSS
  { opens: '[THINK]', closes: '[/THINK]' }, // Magistral
  { opens: '<|begin_of_thought|>', closes: '<|end_of_thought|>' }, // Sky-T1, OpenThinker
  { opens: '<|START_THINKING|>', closes: '<|END_THINKING|>' }, // Command A Reasoning
  { opens: '\u25c1think\u25b7', closes: '\u25c1/think\u25b7' }, // Kimi-VL-Thinking
  { opens: '<|channel|>analysis<|message|>', closes: '<|channel|>final<|message|>' }, // gpt-oss
];
const escaped = (text: string): string => text.replace(/[[\]|/]/g, '\\$&');
const TAG = new RegExp(tags.flatMap(({ opens, closes }) => [opens, closes]).map(escaped).join('|'), 'gi');
const closesOf = new Map(tags.map(({ opens, closes }) => [opens.toLowerCase(), closes.toLowerCase()]));
/** What some of them put around the text. */
const FRAME = /<\|(?:begin_of_solution|end_of_solution|START_RESPONSE|END_RESPONSE)\|>/gi;

export interface Thinking {
  /** The thoughts, trimmed, a blank line between two; '' where there is none. */
  readonly reasoning: string;
  /** What the model wrote beside them. '' while a thought is open. */
  readonly text: string;
  /** A thought was begun and never closed. */
  readonly open: boolean;
}

/**
 * Parts the thoughts of a reply from its text. A thought ends at the first tag that closes it. A closing tag without an opening one ends a thought that the chat template opened: all before it is
 * reasoning. Of a thought that was never closed nothing is text, nor what stands before it. Linear.
 */
export function splitThinking(reply: string): Thinking {
  if (reply.search(TAG) < 0) return { reasoning: '', text: reply.replace(FRAME, ''), open: false };
  const pieces: { readonly text: string; readonly thought: boolean }[] = [];
  let from = 0, closing: string | undefined, opening = 0; // pieces[0..opening) lie in a thought that was open from the start
  for (const { 0: found, index } of reply.matchAll(TAG)) {
    const tag = found.toLowerCase();
    const opened = closesOf.get(tag);
    if (closing !== undefined && tag !== closing) continue; // a tag inside a thought
    if (index > from) pieces.push({ text: reply.slice(from, index), thought: closing !== undefined });
    if (closing === undefined && opened === undefined) opening = pieces.length;
    closing = closing === undefined ? opened : undefined;
    from = index + found.length;
  }
  const open = closing !== undefined;
  pieces.push({ text: reply.slice(from), thought: open });
  const isThought = ({ thought }: { readonly thought: boolean }, at: number): boolean => open || thought || at < opening;
  const reasoning = pieces.filter(isThought).map(({ text }) => text.trim()).filter((text) => text !== '').join('\n\n');
  return { reasoning, text: pieces.filter((piece, at) => !isThought(piece, at)).map(({ text }) => text).join('').replace(FRAME, ''), open };
}

/** A sample as a model gives it; `reasoning` where its server keeps thoughts apart. */
export interface ModelReply {
  readonly text: string;
  readonly finish: 'stop' | 'length';
  readonly reasoning?: string;
}

/** A sample as search and rollouts take it. */
export interface WrittenReply {
  readonly text: string;
  /** Ended at its token limit, or while it was still thinking. */
  readonly truncated: boolean;
  readonly reasoning?: string;
}

/** The one way from a reply to its text, in search and rollouts alike. What is graded is `text`; a thought that was cut off leaves '' and is truncated. */
export function readReply({ text, finish, reasoning = '' }: ModelReply): WrittenReply {
  const thinking = splitThinking(text);
  const thoughts = [reasoning.trim(), thinking.reasoning].filter((thought) => thought !== '').join('\n\n');
  const open = thinking.open || (thoughts !== '' && thinking.text.trim() === ''); // a stop string or a limit ended it, whatever the server calls that
  return { text: thinking.text, truncated: finish === 'length' || open, ...(thoughts === '' ? {} : { reasoning: thoughts }) };
}
