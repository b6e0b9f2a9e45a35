import { topics, type CandidatesRecord, type HardnessRecord, type TreeRecord, type Usage } from '@slowthink/records';
import { openBroker, readTopic, type RunSettings } from '@slowthink/wiring';
import { tellInvalid } from '../tell-invalid.ts';

export interface LoggedUsage { readonly requests: number; readonly samples: number; readonly tokens: number }

/** What holds the usage of a command, by its name: one record a question or item. */
const recordOf = { run: [topics.trees, 'tree'], curriculum: [topics.hardness, 'hardness'], evaluate: [topics.candidates, 'candidates'] } as const;

/**
 * What a command asked of the policy in all its processes, killed ones too, as the log of its folder has it; nothing where there is none. Left out: what belongs to no record, such as an answer that came and was never committed.
 * Cost: reads each of these records once.
 */
export async function usageInLog(command: keyof typeof recordOf, settings: RunSettings): Promise<LoggedUsage> {
  const broker = await openBroker(settings, 'read'), [topic, type] = recordOf[command];
  const sum = { requests: 0, samples: 0, tokens: 0 };
  try {
    for await (const { value } of readTopic<TreeRecord | HardnessRecord | CandidatesRecord>(broker, topic, type, tellInvalid)) {
      for (const { requests, samples, promptTokens, completionTokens } of usagesOf(value)) { sum.requests += requests; sum.samples += samples; sum.tokens += promptTokens + completionTokens; }
    }
  } finally { await broker.close(); }
  return sum;
}

const usagesOf = (record: TreeRecord | HardnessRecord | CandidatesRecord): readonly Usage[] => (record.type === 'candidates' && record.greedyUsage !== undefined ? [record.usage, record.greedyUsage] : [record.usage]);
