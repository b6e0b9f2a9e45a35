// npm run bench:choosing: how often a policy that is asked "Reason or Finish?" says one of the words, and which, sampled freely and held to the words; prints the table of docs/choosing.md.
//   The policy that ships, and SmolLM2-135M-Instruct behind a real llama.cpp (needs Python, as npm run server does). For each question one chain of steps from the policy itself; behind every step the choice, 8 samples.
//   --policy FORM (these two; repeatable: seed, onnx:DIR, openai:URL#MODEL)  --questions FILE (JSONL, or JSON items with conversations)  --limit N (20)  --depth N (3)
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { composePolicy, type Policy, type SampleRequest } from '@slowthink/models';
import { onnxPolicy, parseOnnx } from '@slowthink/models-onnx';
import { openaiPolicy, parsePolicy } from '@slowthink/models-openai';
import { CHOICES, choicePrompt, parseChoice, reasonPrompt, splitSteps, STEP_ZERO, type PromptInput } from '@slowthink/prompts';
import { recipes } from '@slowthink/search';
import { seedPolicyDir } from '@slowthink/seed-models';
import { startServer } from '../server/start-server.ts';

const root = resolve(import.meta.dirname, '../..');
const { values } = parseArgs({ options: { policy: { type: 'string', multiple: true }, questions: { type: 'string' }, limit: { type: 'string', default: '20' }, depth: { type: 'string', default: '3' } } });
const [limit, depth, n] = [Number(values.limit), Number(values.depth), 8];

interface Row { readonly id?: string | number; readonly question?: string; readonly options?: { readonly [letter: string]: string }; readonly conversations?: readonly { readonly from: string; readonly value: string }[] }

const textOf = ({ question, options = {}, conversations = [] }: Row): string =>
  question === undefined ? conversations.find(({ from }) => from === 'human')!.value : [question, ...Object.entries(options).map(([letter, text]) => `${letter}. ${text}`)].join('\n');

/** The samples that stand in the repository and the first dose questions, unless a file is named. */
function questions(): readonly string[] {
  const read = (path: string): readonly Row[] => { const text = readFileSync(path, 'utf8'); return text.trimStart().startsWith('[') ? JSON.parse(text) as Row[] : text.trim().split('\n').map((line) => JSON.parse(line) as Row); };
  const rows = values.questions === undefined ? [...read(join(root, 'datasets/samples/first-questions.jsonl')), ...read(join(root, 'datasets/dosage/dev.jsonl'))] : read(values.questions);
  return rows.slice(0, limit).map(textOf);
}

/** The prefixes of one chain: Step 0, and up to `depth` steps that the policy wrote behind it. */
async function chain(policy: Policy, base: Omit<PromptInput, 'steps'>, seed: number): Promise<readonly (readonly string[])[]> {
  const prefixes: (readonly string[])[] = [];
  for (let steps: readonly string[] = [STEP_ZERO]; prefixes.length < depth;) {
    const { messages, prefix, stop } = reasonPrompt({ ...base, steps });
    const { samples } = await policy.sample({ id: 'step', messages, prefix, stop, n: 1, seed: seed + steps.length, sampling: { ...recipes['meds3-v2']!.step, maxTokens: 96 } });
    const [next] = splitSteps(samples[0]!.text, steps.length);
    if (next === undefined) break;
    steps = [...steps, next];
    prefixes.push(steps);
  }
  return prefixes;
}

async function measure(name: string, policy: Policy, prompting: PromptInput['prompting']): Promise<void> {
  const kinds = [{ drawing: 'free', texts: [] as string[], tokens: 0 }, { drawing: 'held to the words', texts: [] as string[], tokens: 0 }];
  for (const [at, text] of questions().entries()) {
    const base = { prompt: { text }, prompting, stepping: 'marked' as const };
    for (const steps of await chain(policy, base, 1000 * at)) {
      const { messages, prefix, stop } = choicePrompt({ ...base, steps });
      const request: SampleRequest = { id: 'choice', messages, prefix, stop, n, seed: 1000 * at + 10 * steps.length, sampling: recipes['meds3-v2']!.choice };
      for (const [i, asked] of [request, { ...request, choices: CHOICES }].entries()) {
        const { samples } = await policy.sample(asked);
        kinds[i]!.texts.push(...samples.map((sample) => sample.text));
        kinds[i]!.tokens += samples.reduce((sum, sample) => sum + sample.tokens, 0);
      }
    }
  }
  for (const { drawing, texts, tokens } of kinds) {
    const share = (holds: (text: string) => boolean) => `${(100 * texts.filter(holds).length / texts.length).toFixed(1)} %`;
    console.log(`| ${name} | ${drawing} | ${texts.length} | ${share((text) => CHOICES.includes(text))} | ${share((text) => /\b(?:reason|finish)/i.test(text))} | ${share((text) => parseChoice(text) === 'finish')} | ${(tokens / texts.length).toFixed(1)} |`);
  }
}

const openOne = (form: string): Policy => (form === 'seed' ? onnxPolicy({ dir: seedPolicyDir() }) : form.startsWith('onnx:') ? onnxPolicy(parseOnnx(form)) : composePolicy(openaiPolicy(parsePolicy(form)), { inFlightMax: 1 })); // a server closes a connection after some requests: asked again

const server = values.policy === undefined ? await startServer({ say: (line) => console.error(line) }) : undefined;
console.log('| policy | drawn | choices | exactly a word | a word in it | Finish | tokens a choice |\n| --- | --- | --- | --- | --- | --- | --- |');
for (const form of values.policy ?? ['seed', server!.policy]) {
  const policy = openOne(form);
  await measure(form === 'seed' ? 'the one that ships' : form === server?.policy ? 'SmolLM2-135M-Instruct, llama.cpp' : form, policy, form === 'seed' ? 'bare' : 'one-shot');
  await policy.close();
}
await server?.stop();
