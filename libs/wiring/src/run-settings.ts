import { defineSettings, type SettingsOf } from '@slowthink/settings';

/** Every setting of a run: flag > slowthink.json > environment > what the run folder began with > default. */
export const runSettings = defineSettings({
  // where
  'dir': { type: 'string', default: 'runs/default', flag: '--dir', doc: 'Folder of the run: log, parts and data set.' },
  'run': { type: 'string', default: null, flag: '--run', doc: 'Display name of the run; from the folder when not given. Changes no result.' },
  'broker': { type: 'string', default: 'sqlite', flag: '--broker', doc: 'sqlite, the embedded log in --dir.' },
  'log.partitions': { type: 'integer', default: null, min: 1, max: 1024, flag: '--partitions', doc: 'Partitions of each topic: 8 in a new folder, else what the folder has.' },
  'log.durability': { type: 'enum', values: ['process', 'power'], default: 'process', flag: '--durability', doc: 'process: a commit survives kill -9; power: it survives a power cut too (fsync).' },
  // what
  'questions': { type: 'list', separator: null, default: [], flag: '--questions', doc: 'Question files, or names of data sets in datasets/; a run without any, in a folder that holds none, takes the first 64 of dosage.' },
  'corpus.map': { type: 'string', default: null, flag: '--map', doc: 'Columns of a plain file: question=COL,answer=COL[,options=COL][,id=COL][,kind=COL][,unit=COL].' },
  'corpus.limit': { type: 'string', default: 'all', flag: '--limit', doc: 'How many questions to take, in file order: a number, or all. A run without --questions takes 64.' },
  'corpus.dataset': { type: 'string', default: null, flag: '--dataset', doc: 'Name of the data set for files that no manifest knows; else the file name.' },
  'corpus.split': { type: 'string', default: null, flag: '--split', doc: 'Split of such files; else train.' },
  'recipe': { type: 'string', default: null, flag: '--recipe', semantic: true, doc: 'Search recipe: seed-cpu, meds3-v2. When none is given: seed-cpu for the policy seed, meds3-v2 for every other.' },
  'preset': { type: 'string', default: 'paper', flag: '--preset', semantic: true, doc: 'Size of the search: paper, small, laptop.' },
  'labels': { type: 'string', default: 'soft', flag: '--labels', doc: 'Label recipe: soft, hard.' },
  'seed': { type: 'integer', default: 0, min: 0, max: 1_073_741_823, flag: '--seed', semantic: true, doc: 'Seed of the run; the seeds of trees and requests follow from it.' },
  'search.nodesMax': { type: 'integer', default: null, min: 1, max: 100_000, semantic: true, doc: 'Instead of the recipe: nodes at which a tree stops.' },
  'search.childrenMax': { type: 'integer', default: null, min: 1, max: 26, semantic: true, doc: 'Instead of the recipe: children of an expansion.' },
  'search.depthMax': { type: 'integer', default: null, min: 1, max: 1000, semantic: true, doc: 'Instead of the recipe: depth at which a node is not expanded.' },
  'search.correctLeavesMax': { type: 'integer', default: null, min: 1, max: 100_000, semantic: true, doc: 'Instead of the recipe: distinct right leaves at which a tree stops.' },
  'search.samplesMax': { type: 'integer', default: null, min: 1, max: 1_000_000, semantic: true, doc: 'Instead of the recipe: samples at which a tree stops selecting.' },
  'search.simulationBase': { type: 'integer', default: null, min: 1, max: 1000, semantic: true, doc: 'Instead of the recipe: base of n_sim = max(floor(base / (depth + 1)), min).' },
  'search.simulationMin': { type: 'integer', default: null, min: 1, max: 1000, semantic: true, doc: 'Instead of the recipe: fewest simulations of a node.' },
  'search.questionTokensMax': { type: 'integer', default: null, min: 1, max: 1_000_000, semantic: true, doc: 'Instead of the recipe: longer questions are refused (about 4 bytes a token).' },
  'search.stepTokens': { type: 'integer', default: null, min: 1, max: 100_000, unit: 'tokens', semantic: true, doc: 'Instead of the recipe: tokens of one step.' },
  'search.finishTokens': { type: 'integer', default: null, min: 1, max: 100_000, unit: 'tokens', semantic: true, doc: 'Instead of the recipe: tokens of a Finish.' },
  'search.rolloutTokens': { type: 'integer', default: null, min: 1, max: 100_000, unit: 'tokens', semantic: true, doc: 'Instead of the recipe: tokens of a rollout.' },
  // models
  'policy': { type: 'string', default: 'seed', flag: '--policy', doc: 'Policy model: seed (ships with Slowthink), onnx:DIR[#DTYPE] (a folder in transformers.js layout), openai:URL#MODEL[@REVISION] (a server).' },
  'scorer': { type: 'string', default: 'seed', flag: '--scorer', doc: 'Step scorer of "slowthink score": seed (ships with Slowthink), onnx:DIR[#DTYPE].' },
  'models.threads': { type: 'integer', default: null, min: 1, max: 256, flag: '--model-threads', doc: 'Threads of a model inside the process: as many as there are cores, 4 at most, when not given.' },
  'models.rows': { type: 'integer', default: 64, min: 1, max: 4096, flag: '--batch-rows', doc: 'Samples that a policy inside the process writes at once; changes no result.' },
  'models.kvMemory': { type: 'bytes', default: '512MB', min: '1MB', flag: '--kv-memory', doc: 'Memory for the keys and values of a policy inside the process; changes no result.' },
  'models.apiKey': { type: 'string', default: null, secret: true, doc: 'Key sent to the model server.' },
  'models.dialect': { type: 'enum', values: ['auto', 'llama.cpp', 'vllm', 'sglang', 'tgi', 'ollama', 'transformers-serve', 'generic'], default: 'auto', flag: '--dialect', doc: 'How the server speaks; auto asks it once.' },
  'models.inFlight': { type: 'integer', default: 64, min: 1, max: 4096, flag: '--in-flight', doc: 'Requests in flight at most; fewer while the server is overloaded.' },
  'models.timeoutMs': { type: 'duration', default: '5m', flag: '--timeout', doc: 'Longest wait for one answer.' },
  'models.retries': { type: 'integer', default: 5, min: 0, max: 100, doc: 'Further tries of a request that failed for a passing reason, before the run pauses.' },
  'models.giveUpMs': { type: 'duration', default: '30m', flag: '--give-up', doc: 'How long a run pauses for a server that does not answer, before it ends with exit 3.' },
  'models.budgetTokens': { type: 'integer', default: null, min: 1, max: 1_000_000_000_000, flag: '--budget-tokens', unit: 'tokens', doc: 'Prompt and generated tokens this process may spend; then it drains.' },
  // graders
  'grader': { type: 'string', default: 'rules', flag: '--grader', semantic: true, doc: 'Who judges answers: rules (of Slowthink), command:PROGRAM [ARGS…] (a program), judge:openai:URL#MODEL[@REVISION] (a chat model that is not the policy).' },
  'grading.timeoutMs': { type: 'duration', default: '30s', min: '1ms', flag: '--grader-timeout', doc: 'Longest wait for the verdict of a program on one answer, or for one reply of a judge.' },
  'grading.startMs': { type: 'duration', default: '1m', min: '1ms', doc: 'Longest wait for the first verdicts of a program that was just started.' },
  'grading.inFlight': { type: 'integer', default: 16, min: 1, max: 4096, flag: '--grader-in-flight', doc: 'Answers that a program or a judge has before it at once; changes no result.' },
  'grading.judgeSamples': { type: 'integer', default: 1, min: 1, max: 99, semantic: true, doc: 'Votes of a judge on one answer; most votes count.' },
  'grading.judgeTokens': { type: 'integer', default: 512, min: 1, max: 100_000, unit: 'tokens', doc: 'Generated tokens of one reply of a judge, its thinking included.' },
  'grading.apiKey': { type: 'string', default: null, secret: true, doc: 'Key sent to the server of a judge.' },
  // stream
  'stream.trees': { type: 'integer', default: 256, min: 1, max: 1_000_000, flag: '--trees', doc: 'Trees open at once.' },
  'stream.lagMax': { type: 'integer', default: 5000, min: 1, max: 100_000_000, unit: 'records', doc: 'Unread records downstream above which no new tree is opened.' },
  'stream.commitMs': { type: 'duration', default: '100ms', doc: 'Oldest an answer gets before it is committed.' },
  'stream.commitRecords': { type: 'integer', default: 200, min: 1, max: 100_000, unit: 'records', doc: 'Records that trigger a commit.' },
  'stream.drainMs': { type: 'duration', default: '30s', flag: '--drain', doc: 'How long Ctrl-C waits for calls in flight.' },
  'stream.follow': { type: 'boolean', default: false, flag: '--follow', doc: 'Go on after the last question and wait for more.' },
  // tables
  'tables.rowsPerPart': { type: 'integer', default: 250, min: 1, max: 1_000_000, unit: 'rows', doc: 'Chains of one Parquet part.' },
  'tables.threads': { type: 'integer', default: null, min: 1, max: 256, flag: '--threads', doc: 'Threads of the seal; changes no byte.' },
  'tables.format': { type: 'enum', values: ['parquet', 'arrow'], default: 'parquet', flag: '--format', doc: 'Format of the sealed data set.' },
  'tables.allowBenchmark': { type: 'boolean', default: false, flag: '--allow-benchmark', doc: 'Seal rows of benchmark questions too, into a split "test".' },
});

/** As `readSettings` gives them: the recipe is always named. */
export type RunSettings = SettingsOf<typeof runSettings> & { readonly recipe: string };
