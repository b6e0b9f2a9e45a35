// The part of a reply that can hold an answer: one turn of the model, without what it thought aloud in tags.

const TURN_END = /<\|(?:im_end|im_start|eot_id|eom_id|end_of_text|endoftext|end|user|assistant|start_header_id)\|>|<\/s>|<end_of_turn>|\[\/?INST\]/;
const TAG = /(?:<(\/?)(?:think|thinking|thought|reasoning)>|\[(\/?)THINK\]|◁(\/?)think▷)/gi;

/**
 * What the model says and does not only think: the text up to the end of its turn without <think>…</think> (also <thinking>, <thought>, <reasoning>, [THINK]). A closing tag without an opening one
 * ends thinking that began in the prompt: all before it is thought. Undefined when thinking was opened and never closed: the reply was cut off, whatever stands in it. Linear.
 */
export function ownWords(text: string): string | undefined {
  const turn = TURN_END.exec(text);
  const own = turn !== null && text.slice(0, turn.index).trim() !== '' ? text.slice(0, turn.index) : text;
  const said: string[] = [];
  let [from, thinking] = [0, false];
  for (const tag of own.matchAll(TAG)) {
    const closes = (tag[1] ?? tag[2] ?? tag[3]) !== '';
    if (closes) {
      if (!thinking) said.length = 0;
      thinking = false;
      from = tag.index + tag[0].length;
    } else if (!thinking) {
      if (tag.index > from) said.push(own.slice(from, tag.index));
      thinking = true;
    }
  }
  return thinking ? undefined : [...said, own.slice(from)].join('\n\n');
}
