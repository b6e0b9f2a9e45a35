import { FaultError } from '@slowthink/faults';
import type { Message } from '@slowthink/models';
import type { ModelFolder } from './model-folder.ts';
import { tokenBytes, type TokenBytes } from './token-bytes.ts';

export interface TokenizedPrompt {
  /** Templated messages, then the prefix. */
  readonly ids: readonly number[];
  /** How many of the ids are the messages. Where a token runs over the border they end before it. */
  readonly messageTokens: number;
}

/** Text to tokens and back, by the tokenizer and the chat template of a model folder. */
export interface TextModel {
  readonly bytesOf: TokenBytes;
  /** Ids that end an answer. */
  readonly eos: ReadonlySet<number>;
  /** Messages in the chat template with the opening of the assistant's turn, and the prefix behind it, tokenized as one text. MODEL_REFUSED: what the template or the tokenizer does not take. */
  tokenize(messages: readonly Message[], prefix: string): TokenizedPrompt;
  /** The id of the last token of `text` where that token alone is `word` (spaces around it apart); undefined where the vocabulary has no such token. */
  tokenOf(text: string, word: string): number | undefined;
}

const promptsMax = 512; // tokenized message lists that are kept: a question's serves its whole tree
/** Put before a template that asks for the date: a prompt is the same on every day. */
const FIXED_DAY = '{% macro strftime_now(format) %}26 Jul 2024{% endmacro %}{{ "" }}';
const FIRST_QUESTION: readonly Message[] = [{ role: 'user', content: 'How many mg?' }];

/**
 * Loads the tokenizer from what `readModelFolder` read; nothing is fetched. With `turns` plain the messages are one text behind the special tokens that the tokenizer puts before any text, and no chat template is needed.
 * MODEL_FOLDER_WRONG: a tokenizer or template that cannot be used; MODEL_RUNTIME_MISSING.
 */
export async function openTextModel(folder: ModelFolder, turns: 'chat' | 'plain' = 'chat'): Promise<TextModel> {
  const wrong = (what: string, hint = 'Get the tokenizer files again; docs/model-folders.md lists what is read.') => new FaultError('MODEL_FOLDER_WRONG', `The model folder ${folder.dir} ${what}`, { hint });
  const { PreTrainedTokenizer } = await import('@huggingface/transformers');
  const { tokenizerJson, tokenizerConfig, config } = folder;
  const plain = turns === 'plain';
  if (!plain && (tokenizerConfig['chat_template'] === undefined || tokenizerConfig['chat_template'] === null)) {
    throw wrong('has no chat template.', 'A policy needs chat_template in tokenizer_config.json, or a chat_template.jinja: use a model that was trained on conversations.');
  }
  const bytesOf = tokenBytes(tokenizerJson, config.vocab, wrong);

  let tokenizer: InstanceType<typeof PreTrainedTokenizer>;
  try { tokenizer = new PreTrainedTokenizer(tokenizerJson, tokenizerConfig); } catch (error) { throw wrong(`has a tokenizer that cannot be loaded: ${(error as Error).message}`); }
  let template = '';
  if (!plain) try { template = tokenizer.get_chat_template(); } catch (error) { throw wrong(`has chat templates, but none that is the default: ${(error as Error).message}`); }
  if (template.includes('strftime_now')) template = FIXED_DAY + template;
  const render = (messages: readonly Message[]): string => (plain ? messages.map(({ content }) => content).join('')
    : tokenizer.apply_chat_template(messages as Message[], { tokenize: false, add_generation_prompt: true, chat_template: template }));
  const encode = (text: string): readonly number[] => {
    const ids = tokenizer.encode(text, { add_special_tokens: plain }); // a template has written them
    const at = ids.findIndex((id) => !Number.isSafeInteger(id) || id < 0 || id >= config.vocab);
    if (at >= 0) {
      throw new FaultError('MODEL_REFUSED', `The tokenizer of ${folder.name} has no token for a part of the prompt (position ${at}).`, {
        hint: 'Use a model whose tokenizer knows these characters, or leave the question out.',
      });
    }
    return ids;
  };

  const prompts = new Map<string, { readonly text: string; readonly ids: readonly number[] }>();
  const promptOf = (messages: readonly Message[]) => {
    const key = JSON.stringify(messages), kept = prompts.get(key);
    if (kept !== undefined) return kept;
    let text: string;
    try { text = render(messages); } catch (error) { throw new FaultError('MODEL_REFUSED', `The chat template of ${folder.name} refuses the messages: ${(error as Error).message}`, { hint: 'Use the roles that this model knows.' }); }
    const prompt = { text, ids: encode(text) };
    if (prompts.size >= promptsMax) prompts.delete(prompts.keys().next().value!);
    prompts.set(key, prompt);
    return prompt;
  };

  try {
    if (encode(render(FIRST_QUESTION)).length === 0) throw new Error('it gives an empty text');
  } catch (error) { throw wrong(`has a chat template or a tokenizer that fails on a simple question: ${(error as Error).message}`); }
  const ending = tokenizer.eos_token_id as number | null | undefined;
  return {
    bytesOf, eos: new Set(typeof ending === 'number' ? [...config.eos, ending] : config.eos),
    tokenize: (messages, prefix) => {
      const prompt = promptOf(messages);
      if (prefix === '') return { ids: prompt.ids, messageTokens: prompt.ids.length };
      const ids = encode(prompt.text + prefix);
      let shared = 0;
      while (shared < prompt.ids.length && prompt.ids[shared] === ids[shared]) shared++;
      return { ids, messageTokens: shared };
    },
    tokenOf: (text, word) => {
      const id = tokenizer.encode(`x${text}`, { add_special_tokens: false }).at(-1);
      const special = ((tokenizerJson['added_tokens'] ?? []) as readonly { readonly id: number; readonly content: string }[]).find((one) => one.id === id);
      return id !== undefined && (special?.content ?? new TextDecoder().decode(bytesOf[id])).trim() === word.trim() ? id : undefined;
    },
  };
}
