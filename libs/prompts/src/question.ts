import type { Prompt } from '@slowthink/records';
import { defuseTokens, plainText, quoteRoles } from './defuse.ts';

export interface PromptMessage {
  readonly role: 'user' | 'assistant'; // no system turn: some chat templates refuse one
  readonly content: string;
}

/** What somebody else wrote, as a model may see it: LF, no control characters, template tokens broken, role lines quoted. */
const dataText = (text: string): string => quoteRoles(defuseTokens(plainText(text))).trim();

/**
 * The question as messages, in prompts and in training rows: earlier turns, then the question; user and assistant by turns, the user's first and last. Empty turns are left out, turns of one speaker
 * in a row are one message, and what the assistant said before any question stands in the first message of the user.
 */
export function questionMessages({ text, history = [] }: Prompt): readonly PromptMessage[] {
  const earlier = history.map(({ role, content }) => ({ role, content: dataText(content) })).filter(({ content }) => content !== '');
  const messages: PromptMessage[] = [];
  for (const { role: speaker, content } of [...earlier, { role: 'user', content: dataText(text) } as const]) {
    const before = messages.at(-1);
    const role = before === undefined ? 'user' : speaker;
    if (before?.role === role) messages[messages.length - 1] = { role, content: `${before.content}\n\n${content}`.trim() };
    else messages.push({ role, content });
  }
  return messages;
}

const speakers = { user: 'User', assistant: 'Assistant' } as const;

/**
 * The question as one plain text, for step scorers and their training rows: the question alone, or, where it has earlier turns, "User: …\n\nAssistant: …\n\nUser: …".
 * No turn can forge another: a line of it that begins like one is quoted.
 */
export function questionText(prompt: Prompt): string {
  const messages = questionMessages(prompt);
  return messages.length === 1 ? messages[0]!.content : messages.map(({ role, content }) => `${speakers[role]}: ${content}`).join('\n\n');
}
