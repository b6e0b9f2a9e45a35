import type { Stage } from './stage.ts';

/** The flow as a Mermaid graph, read from the stage values: topics are rounded, stages are boxes, an arrow is a read or a write. */
export function topologyDiagram(stages: readonly Stage<never>[]): string {
  const topicNames = [...new Set(stages.flatMap((stage) => [...stage.reads, ...stage.writes].map((topic) => topic.name)))];
  const lines = ['graph LR', ...topicNames.map((name) => `  ${name}([${name}])`)];
  for (const stage of stages) {
    lines.push(`  ${stage.name}[[${stage.name}]]`);
    for (const topic of stage.reads) lines.push(`  ${topic.name} --> ${stage.name}`);
    for (const topic of stage.writes) lines.push(topic.name === 'faults' ? `  ${stage.name} -.-> faults` : `  ${stage.name} --> ${topic.name}`);
  }
  return lines.join('\n');
}

/** One line an arrow, for people and for the documents. */
export function topologyArrows(stages: readonly Stage<never>[]): readonly { readonly stage: string; readonly topic: string; readonly direction: 'reads' | 'writes'; readonly text: string }[] {
  return stages.flatMap((stage) => [
    ...stage.reads.map((topic) => ({ stage: stage.name, topic: topic.name, direction: 'reads' as const, text: stage.arrows[topic.name] ?? '' })),
    ...stage.writes.map((topic) => ({ stage: stage.name, topic: topic.name, direction: 'writes' as const, text: stage.arrows[topic.name] ?? '' })),
  ]);
}
