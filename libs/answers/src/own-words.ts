// The part of a reply that can hold an answer: one turn of the model, without what it thought.
import { splitThinking } from '@slowthink/prompts';

const TURN_END = /<\|(?:im_end|im_start|eot_id|eom_id|end_of_text|endoftext|end|user|assistant|start_header_id)\|>|<\/s>|<end_of_turn>|\[\/?INST\]/;

/**
 * What the model says and does not only think (`splitThinking` of libs/prompts), up to the end of its turn. Undefined when thinking was opened and never closed: the reply was cut off, whatever
 * stands in it. A turn may end inside a thought (gpt-oss ends its analysis with <|end|>): then the text behind the thought counts. Linear.
 */
export function ownWords(text: string): string | undefined {
  const turn = splitThinking(turnOf(text));
  if (!turn.open) return turn.text;
  const whole = splitThinking(text);
  return whole.open ? undefined : turnOf(whole.text);
}

function turnOf(text: string): string {
  const end = TURN_END.exec(text);
  return end !== null && text.slice(0, end.index).trim() !== '' ? text.slice(0, end.index) : text;
}
