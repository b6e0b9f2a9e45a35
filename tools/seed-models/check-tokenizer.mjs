// Encodes texts with the tokenizer of @huggingface/transformers and compares the ids with those of Python; also the chat template and decoding.
//   node tools/seed-models/check-tokenizer.mjs DIR CASES.jsonl          a case: {"text", "ids", "messages"?, "chat"?}
import { readFileSync } from 'node:fs';
import { AutoTokenizer, env } from '@huggingface/transformers';

const [folder, cases] = process.argv.slice(2);
env.allowRemoteModels = false;
const tokenizer = await AutoTokenizer.from_pretrained(folder, { local_files_only: true });

let checked = 0;
for (const line of readFileSync(cases, 'utf8').trimEnd().split('\n')) {
  const { text, ids, messages, chat } = JSON.parse(line);
  const written = messages === undefined ? text : tokenizer.apply_chat_template(messages, { tokenize: false, add_generation_prompt: true });
  if (messages !== undefined && written !== chat) fail('The chat template writes another text', chat, written);
  const here = tokenizer.encode(written, { add_special_tokens: false });
  if (here.join() !== ids.join()) fail(`Ids of ${JSON.stringify(written.slice(0, 80))} differ`, ids, here);
  if (tokenizer.decode(here, { skip_special_tokens: false, clean_up_tokenization_spaces: false }) !== written) fail('Decoding does not give the text back', written, tokenizer.decode(here));
  checked += 1;
}
console.log(`${checked} texts: the ids in JavaScript equal those in Python.`);

function fail(message, expected, found) {
  console.error(`${message}.\n  Python:     ${JSON.stringify(expected)}\n  JavaScript: ${JSON.stringify(found)}`);
  process.exit(1);
}
