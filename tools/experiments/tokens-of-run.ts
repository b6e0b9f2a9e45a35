// What a run's search asked of its policy, from its log: every tree says what it cost.
import { topics, type TreeRecord } from '@slowthink/records';
import { flows, openBroker, readSettings, readTopic } from '@slowthink/wiring';

/** Tokens of all closed trees of a run folder: prompts once a request, completions of every sample. */
export async function tokensOfRun(dir: string): Promise<{ readonly trees: number; readonly promptTokens: number; readonly completionTokens: number }> {
  const { values } = readSettings({ flags: { '--dir': dir }, env: {}, remember: true });
  const broker = await openBroker(values, 'read', flows.run);
  const spent = { trees: 0, promptTokens: 0, completionTokens: 0 };
  try {
    for await (const { value: { usage } } of readTopic<TreeRecord>(broker, topics.trees, 'tree')) {
      spent.trees += 1;
      spent.promptTokens += usage.promptTokens;
      spent.completionTokens += usage.completionTokens;
    }
  } finally { await broker.close(); }
  return spent;
}
