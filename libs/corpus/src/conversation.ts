import { FaultError } from '@slowthink/faults';
import type { Prompt } from '@slowthink/records';

/** A question as it is asked: the last turn of the user, and what was said before it. */
export interface Asked {
  readonly question: string;
  readonly history: NonNullable<Prompt['history']>;
}

const roles: { readonly [name: string]: 'user' | 'assistant' | 'system' } = {
  user: 'user', human: 'user', prompter: 'user', assistant: 'assistant', gpt: 'assistant', model: 'assistant', bot: 'assistant', chatgpt: 'assistant', system: 'system', developer: 'system',
};

interface Turn { readonly role?: unknown; readonly from?: unknown; readonly content?: unknown; readonly value?: unknown }

/** An array of turns: { role, content } as chat servers have them, or { from, value } as MedSSS and ShareGPT files do. */
export const isConversation = (value: unknown): value is readonly object[] =>
  Array.isArray(value) && value.length > 0 && value.every((turn) => typeof turn === 'object' && turn !== null && ('role' in turn || 'from' in turn));

/** The same as JSON text, as a CSV column holds it; anything else as it is. */
export function conversationOf(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*\[\s*\{/.test(value)) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return isConversation(parsed) ? parsed : value;
  } catch { return value; }
}

/**
 * The last turn of the user is the question, what stands before it is history. What stands behind it is the answer that a model is to find: it is gold, is not read and reaches no prompt.
 * A system turn is put before the next turn of the user: some chat templates know none. Throws QUESTION_ROW_INVALID: a role that is not known, a turn without text, no turn of the user.
 */
export function readConversation(value: readonly unknown[], column: string, where: string): Asked {
  const turns = value.map((turn, at) => ({ role: roleOf(turn, at, column, where), at, turn: turn as Turn }));
  const last = turns.findLastIndex(({ role }) => role === 'user');
  if (last < 0) throw new FaultError('QUESTION_ROW_INVALID', `The row on ${where} has no turn of the user in "${column}".`, { hint: 'A question is the last turn with the role user (or from "human").' });
  const asked: Asked['history'][number][] = [];
  let system: readonly string[] = [];
  for (const { role, at, turn } of turns.slice(0, last + 1)) {
    const content = textOf(turn.content ?? turn.value);
    if (content === undefined) throw new FaultError('QUESTION_ROW_INVALID', `Turn ${at + 1} in "${column}" of the row on ${where} has no text in "${turn.role === undefined ? 'value' : 'content'}".`);
    if (role === 'system') { system = [...system, content]; continue; }
    asked.push({ role, content: role === 'user' ? [...system, content].join('\n\n') : content });
    if (role === 'user') system = [];
  }
  return { question: asked.at(-1)!.content, history: asked.slice(0, -1) };
}

function roleOf(turn: unknown, at: number, column: string, where: string): 'user' | 'assistant' | 'system' {
  const { role, from } = (typeof turn === 'object' && turn !== null ? turn : {}) as Turn;
  const name = String(role ?? from ?? '');
  const known = Object.hasOwn(roles, name.toLowerCase()) ? roles[name.toLowerCase()] : undefined;
  if (known === undefined) throw new FaultError('QUESTION_ROW_INVALID', `Turn ${at + 1} in "${column}" of the row on ${where} is by ${JSON.stringify(name.slice(0, 40))}; known are ${Object.keys(roles).join(', ')}.`);
  return known;
}

/** A text, or the parts { type: "text", text } of one. */
function textOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  const parts = content.map((part: unknown) => (typeof part === 'object' && part !== null ? (part as { text?: unknown }).text : undefined));
  return parts.length > 0 && parts.every((part) => typeof part === 'string') ? parts.join('\n') : undefined;
}
