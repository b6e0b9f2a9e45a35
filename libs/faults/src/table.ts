// Every fault the product can report: one row each. `blame: environment` pauses and keeps records unsettled;
// `blame: record` sends the record to the topic `faults` and the stream goes on.
export type Blame = 'record' | 'environment';

export interface FaultRow {
  readonly blame: Blame;
  /** Trying again later, unchanged, can succeed. */
  readonly retry: boolean;
  /** What to do next: a sentence for the person who reads it. */
  readonly hint: string;
}

const record = (retry: boolean, hint: string): FaultRow => ({ blame: 'record', retry, hint });
const environment = (retry: boolean, hint: string): FaultRow => ({ blame: 'environment', retry, hint });

export const faultTable = {
  // questions
  QUESTION_FILE_MISSING: environment(false, 'Check the path, or the name: "slowthink datasets" lists every data set that is known.'),
  QUESTION_FILE_EMPTY: environment(false, 'The file holds no row. Give a file with at least one question.'),
  QUESTION_FILE_UNREADABLE: environment(false, 'Give MedSSS JSON, JSONL, CSV or Parquet; the file name ends in .json, .jsonl, .csv or .parquet.'),
  QUESTION_MAPPING_WRONG: environment(false, 'Name columns that exist: --map question=COLUMN,answer=COLUMN,options=COLUMN,id=COLUMN.'),
  QUESTION_MANIFEST_WRONG: environment(false, 'Mend the manifest; datasets/README.md lists its fields.'),
  QUESTION_ROW_INVALID: record(false, 'Mend the row in the source file and import the file again.'),
  QUESTION_GOLD_MISSING: record(false, 'Add the answer to the row; a question without one cannot be graded.'),
  QUESTION_ENCODING: record(false, 'Save the file as UTF-8.'),
  QUESTION_TOO_LONG: record(false, 'Shorten the question, or raise search.questionTokensMax.'),
  QUESTION_DUPLICATE: record(false, 'The same question id stands in an earlier row or file; the first one counts.'),
  QUESTION_CONTAMINATED: record(false, 'It was not imported: who learns from it has seen the benchmark. docs/contamination.md says how questions are compared; --leak-kinds says what is dropped.'),
  QUESTION_NO_GRADER: record(false, 'No rule judges this kind of answer, and the question is dropped before any request. A program or a chat model can judge it: --grader command:PROGRAM or judge:openai:URL#MODEL (docs/graders.md).'),
  // hubs of data sets
  HUB_UNREACHABLE: environment(true, 'Fetch the file on a machine with internet and give its path; HF_ENDPOINT names a mirror, HTTPS_PROXY a proxy.'),
  HUB_OVERLOADED: environment(true, 'Try again later; with HF_TOKEN the hub allows more requests.'),
  HUB_UNAUTHORIZED: environment(false, 'Set HF_TOKEN to a token that may read the data set, and accept its terms on its page where it is gated.'),
  HUB_NOT_FOUND: environment(false, 'Check the name: hf:OWNER/NAME[@REVISION][/FILE], as the address of the data set says it. A private one needs HF_TOKEN.'),
  HUB_FILE_CORRUPT: environment(true, 'Nothing of it was kept. Try again; a proxy or mirror that changes files is the usual reason.'),
  // records on topics
  RECORD_INVALID: record(false, 'Another program wrote this record, or a version of Slowthink that does not fit. "slowthink inspect faults" shows its bytes.'),
  // models
  MODEL_UNREACHABLE: environment(true, 'Start the model server, or correct the address in --policy.'),
  MODEL_UNAUTHORIZED: environment(true, 'Set the key in SLOWTHINK_MODELS_API_KEY and check that the server accepts it.'),
  MODEL_NOT_FOUND: environment(true, 'Check the model name behind "#" in --policy; GET /v1/models of the server lists the names.'),
  MODEL_OVERLOADED: environment(true, 'Lower models.inFlight or add a replica.'),
  MODEL_TIMEOUT: environment(true, 'Raise models.timeoutMs, lower the token limits of the recipe, or look at the server.'),
  MODEL_SERVER_ERROR: environment(true, 'Look at the log of the model server.'),
  MODEL_REPLY_INVALID: environment(true, 'The address answers, but not as an OpenAI-compatible server does. Check the address in --policy.'),
  MODEL_REVISION_CHANGED: environment(false, 'The server now serves other weights than the open trees began with. Serve the old ones again, or start a new --dir.'),
  MODEL_REFUSED: record(false, 'The server refused this request; the message says why.'),
  MODEL_CONTEXT_EXCEEDED: record(false, 'The prompt is longer than the context of the model. Start the server with a larger context.'),
  MODEL_EMPTY_STEP: record(false, 'The model wrote no text for this step. A larger model or a higher temperature helps.'),
  MODEL_BUDGET_SPENT: environment(false, 'The budget of this run is used up. Raise --budget-tokens to go on.'),
  MODEL_FOLDER_WRONG: environment(false, 'Give a folder in transformers.js layout: config.json, tokenizer.json, tokenizer_config.json, onnx/model.onnx with past_key_values inputs. docs/model-folders.md lists what is read.'),
  MODEL_TOKENIZER_WRONG: environment(false, 'Use the tokenizer that the scorer was trained with, and its row: docs/scorers.md.'),
  MODEL_WEIGHTS_CORRUPT: environment(false, 'Get the file again: its checksum is not the one it was published with. For the models that ship: check out libs/seed-models again.'),
  MODEL_RUNTIME_MISSING: environment(false, 'onnxruntime-node has no library for this system. Use a model server: --policy openai:URL#MODEL.'),
  MODEL_MEMORY_SMALL: environment(false, 'Raise models.kvMemory, or use a model with a shorter context.'),
  // graders other than the rules
  GRADER_UNAVAILABLE: environment(true, 'Start the program by hand and give it a line of docs/graders.md; correct --grader or the program.'),
  GRADER_TIMEOUT: record(true, 'Raise grading.timeoutMs, or look at the program; "slowthink retry" gives a failed question another attempt.'),
  GRADER_DIED: record(true, 'Look at the program: it ends on this item. "slowthink retry" gives a failed question another attempt.'),
  GRADER_REPLY_INVALID: record(true, 'docs/graders.md says what a reply looks like. For a judge: a larger model, or more tokens (grading.judgeTokens).'),
  // evaluation
  EVALUATION_EMPTY: environment(false, 'Give at least one item with its verdicts. "slowthink inspect faults" shows why items are missing.'),
  EVALUATION_ITEM_TWICE: environment(false, 'Merge the runs first: candidates of one item are then put together.'),
  EVALUATION_MIXED: environment(false, 'Evaluate each run apart; "slowthink compare" sets two of them side by side.'),
  EVALUATION_RULE_UNAVAILABLE: environment(false, 'Leave the rule out, or evaluate with what it needs: --scorer for rules with scores, and without --no-greedy for greedy.'),
  EVALUATION_NOTHING_COMMON: environment(false, 'Give two runs over the same benchmark items: items are compared by their id.'),
  EVALUATION_ITEMS_DIFFER: environment(false, 'Evaluate both runs on the same file: only then is a difference one of the models.'),
  // storage
  IMPORT_UNFINISHED: environment(false, 'Import the same questions with the same flags again: the import goes on where it stopped.'),
  DIR_IN_USE: environment(false, 'Wait until the other process ends, stop it, or use another --dir.'),
  DIR_VERSION: environment(false, 'The folder was written by another version of Slowthink. Use that version, or a new --dir.'),
  DIR_SETTINGS_CHANGED: environment(false, 'This folder belongs to a run with other settings. Use another --dir, or the settings it began with.'),
  DIR_OTHER_FLOW: environment(false, 'A curriculum and a run have a folder each. Give another --dir.'),
  DIR_MISSING: environment(false, 'Give the folder of an earlier run with --dir.'),
  DIR_NOT_SHARED: environment(false, 'All shard workers of a run write into one folder: mount it on every host and give the same --dir.'),
  DISK_FULL: environment(true, 'Free some space; the run goes on by itself.'),
  DISK_READ_ONLY: environment(false, 'Give a --dir that can be written.'),
  DISK_FAILED: environment(true, 'Look at the disk and at the system log; the run goes on by itself when the disk works again.'),
  STORE_CORRUPT: environment(false, 'The file is damaged. Restore it from a copy; nothing of it was used.'),
  BROKER_UNREACHABLE: environment(true, 'Start the broker, or correct the address in --broker; a run goes on by itself when the broker is back.'),
  BROKER_UNAUTHORIZED: environment(false, 'Correct user and password (SLOWTHINK_KAFKA_USER, SLOWTHINK_KAFKA_PASSWORD or _FILE) or the rights of the user; "slowthink topology --kafka" prints the topics and rights a run needs.'),
  BROKER_REFUSED: environment(false, 'The message says what the broker refused. "slowthink topology --kafka" prints the topics, settings and rights a run needs.'),
  TOPIC_WRONG: environment(false, 'Make the topic as "slowthink topology --kafka" prints it, or give the run another name (--run).'),
  TASK_FENCED: environment(true, 'Another process took over this partition.'),
  PROGRESS_MISSING: environment(false, 'Outputs of this run exist but its progress does not. Restore the progress, or start again in a new --dir.'),
  EVENTS_DELETED: environment(false, 'Events stay as long as --retention says; closed trees are kept for ever and give the same rows: slowthink rebuild --from trees.'),
  PART_MISSING: environment(false, 'A listed part is gone. Restore it, or rebuild: slowthink rebuild.'),
  PART_FOREIGN: environment(false, 'A file in parts/ is not of this run. Move it away.'),
  PART_CHANGED: environment(false, 'A listed part has other bytes than were written. Restore it, or rebuild: slowthink rebuild.'),
  DATASET_EMPTY: environment(false, 'No row of any kind was produced. "slowthink inspect faults" and "slowthink inspect topics" show why.'),
  DATASET_FOREIGN: environment(false, 'Give another --out, or move that folder away; nothing in it was touched.'),
  LEDGER_BROKEN: environment(false, 'A law of the stream did not hold: please report this with the printed ledger.'),
  PORT_UNAVAILABLE: environment(false, 'Give another address with --listen, or stop the program that has the port; --listen 0 takes a free one and says which.'),
  // trainers and model servers of an evolution
  TRAINER_MISSING: environment(false, 'Install Python 3.11 or newer and try again, or name one that has the packages of tools/training/requirements.txt: local:PATH_OF_PYTHON, or SLOWTHINK_PYTHON.'),
  TRAINER_FAILED: environment(false, 'Look at trainer.log in the folder of the training, mend what it names, and give the same command again: the training goes on from its checkpoint.'),
  TRAINER_LIED: environment(false, 'Nothing of it was used. Look at trainer.log in the folder of the training; move that folder away to train again.'),
  TRAINING_FOREIGN: environment(false, 'Give another folder for the results, or move that one away; nothing in it was touched.'),
  SERVING_FAILED: environment(true, 'Look at the model server and its log, and give the same command again; what was trained stays.'),
  // results of an evaluation
  RESULTS_MISSING: environment(false, 'Give the folder of an evaluation (its --dir), or its results/items.jsonl.'),
  RESULTS_BROKEN: environment(false, 'Make the results again: "slowthink evaluate" with the same --dir writes them from the log without a model.'),
  // evolutions
  EVOLVE_MIXED: environment(false, 'Restore the file, or begin anew with another --dir: models of two evolutions are not mixed.'),
  EVOLVE_STEP_FAILED: environment(false, 'The round stays as it is, and the models in use stay: mend what the message says, and the same command goes on.'),
  SETTING_UNKNOWN: environment(false, 'Type "slowthink run --explain" for all settings.'),
  SETTING_INVALID: environment(false, 'Type "slowthink run --explain" for all settings and their ranges.'),
} as const satisfies Record<string, FaultRow>;

export type FaultCode = keyof typeof faultTable;
