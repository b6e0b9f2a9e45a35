// A grading program for tests of the stream: right where the last letter of the text is the gold answer. Answers after a time that hangs on the text, so in any order. 
// "sign 30" to "sign 39" in a text make it end, "sign 50" to "sign 59" make it write a reply of no known form.
import { createInterface } from 'node:readline';

for await (const line of createInterface({ input: process.stdin })) {
  const { id, gold, text } = JSON.parse(line);
  if (/sign 3\d /.test(text)) { console.error('this sign is too much'); process.exit(1); }
  const verdict = /sign 5\d /.test(text) ? 'perhaps' : text.trimEnd().replace(/\.$/, '').endsWith(String(gold.answer)) ? 'right' : 'wrong';
  setTimeout(() => console.log(JSON.stringify({ id, verdict })), (text.length * 7) % 13);
}
