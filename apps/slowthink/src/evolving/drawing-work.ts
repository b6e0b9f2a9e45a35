import { mkdirSync } from 'node:fs';
import type { Step } from '@slowthink/evolution';
import { writeWhole } from '@slowthink/results';
import { onStorage } from '@slowthink/tables';
import { questionsOf, type Evolution } from './evolution.ts';
import { whole, type Work } from './work.ts';

/** New questions of a round, written as `curriculum` writes them: whole or not at all. */
export function drawingWork({ round }: Step, evolution: Evolution): Work {
  const name = `rounds/${round}/questions.jsonl`, path = evolution.folder.path(name);
  const questions = questionsOf(evolution, round);
  return {
    command: [], used: { questions: evolution.pool.sha256 }, makes: [name], units: questions.length, job: null,
    perform: async () => {
      await onStorage(path, async () => { mkdirSync(evolution.folder.path('rounds', String(round)), { recursive: true }); await writeWhole(path, questions.map((question) => `${JSON.stringify(question)}\n`).join('')); });
      return { ...whole, facts: { questions: questions.length, sets: new Set(questions.map(({ dataset }) => dataset)).size } };
    },
  };
}
