// A grading program for tests. Right where the text holds the gold answer; a word in the text makes it misbehave. Arguments: MODE [FILE], and FILE gets one line an item.
import { appendFileSync, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

interface Item { readonly id: string; readonly questionId: string; readonly gold: { readonly answer: string | number }; readonly text: string; readonly question: string; readonly history?: readonly { readonly role: string; readonly content: string }[] }

const [mode = 'plain', file] = process.argv.slice(2);
const held: string[] = [];

const replyTo = ({ id, gold, text, question, history = [] }: Item): string => {
  if (text.includes('TURNS')) return JSON.stringify({ id, verdict: 'right', answer: [...history.map(({ role, content }) => `${role} ${content}`), question].join(' / ') });
  if (text.includes('NONE')) return JSON.stringify({ id, verdict: 'none' });
  if (text.includes('ODD')) return JSON.stringify({ id, verdict: 'correct' });
  if (text.includes('NAMED')) return JSON.stringify({ id, verdict: 'right', answer: 'Low-salt diet.' });
  if (text.includes('ENV')) return JSON.stringify({ id, verdict: Object.keys(process.env).some((name) => name.startsWith('SLOWTHINK_')) ? 'right' : 'wrong' });
  return JSON.stringify({ id, verdict: text.includes(String(gold.answer)) ? 'right' : 'wrong' });
};

if (mode === 'fails') { process.stderr.write('no model found\n'); process.exit(3); }
if (mode === 'chatty') console.log('Loading the ontology …');
for await (const line of createInterface({ input: process.stdin })) {
  const item = JSON.parse(line) as Item;
  if (file !== undefined) appendFileSync(file, `${item.text.split('\n').at(-1)}\n`);
  if (mode === 'broken' && !item.questionId.startsWith('slowthink/trial') && file !== undefined && !existsSync(`${file}.mended`)) { process.stderr.write('no such table\n'); process.exit(1); }
  if (mode === 'mute' || item.text.includes('HANG')) continue;
  if (mode === 'mute-later' && file !== undefined && existsSync(`${file}.mute`) && !item.text.includes('DIE')) continue;
  if (mode === 'locked' && file !== undefined && existsSync(`${file}.lock`)) { process.stderr.write('the file is locked\n'); process.exit(1); }
  if (item.text.includes('DIE')) { process.stderr.write('out of memory\n'); process.exit(9); }
  if (item.text.includes('GARBAGE')) console.log('Hmm, let me see.');
  if (item.text.includes('FLOOD')) process.stdout.write('x'.repeat(3_000_000));
  if (mode !== 'reversed') { console.log(replyTo(item)); continue; }
  if (held.push(replyTo(item)) === 1) setTimeout(() => { for (const one of held.splice(0).reverse()) console.log(one); }, 20);
}
