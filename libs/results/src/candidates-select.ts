// items.jsonl as tables for notebooks, by DuckDB: the texts of the SQL, no database.

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

const verdict = "STRUCT(status VARCHAR, why VARCHAR, answer VARCHAR, normalised VARCHAR, rule VARCHAR)";
const candidate = `STRUCT(steps VARCHAR[], "values" DOUBLE[], unscored VARCHAR, verdict ${verdict}, exact VARCHAR, reasoning VARCHAR, truncated BOOLEAN, tokens BIGINT, seed BIGINT)`;
const identity = 'STRUCT(model VARCHAR, revision VARCHAR)';
const usage = 'STRUCT(requests BIGINT, samples BIGINT, promptTokens BIGINT, completionTokens BIGINT, cachedTokens BIGINT)';
const columns = {
  item: 'STRUCT(id VARCHAR, dataset VARCHAR, split VARCHAR, role VARCHAR, prompt STRUCT("text" VARCHAR, history JSON), gold JSON)', policy: identity, scorer: identity, grader: 'VARCHAR', decode: 'VARCHAR',
  candidates: `${candidate}[]`, greedy: candidate, usage, scorerUsage: 'STRUCT(requests BIGINT, promptTokens BIGINT, completionTokens BIGINT)',
} as const;

/** DuckDB takes twice the longest line it may meet for each thread, so that it is told what there is. */
const source = (path: string, longest: number): string => `read_json(${text(path)}, format = 'newline_delimited', maximum_object_size = ${Math.max(16 * 1024 * 1024, 2 * longest)}, columns = {${Object.entries(columns).map(([name, type]) => `"${name}": ${text(type)}`).join(', ')}})`;

/** One row a candidate, the greedy one with place null last: everything that is known of it, and its item's role, question, earlier turns (JSON; null without) and gold. In the order of items and places. `longest`: bytes of the longest line. */
export const candidatesSelect = (path: string, longest: number): string => `
  SELECT item.id AS item_id, item.dataset AS dataset, item.split AS split, item.role AS role, item.prompt."text" AS question, CAST(item.prompt.history AS VARCHAR) AS history, CAST(item.gold AS VARCHAR) AS gold, kind, place,
    c.steps AS steps, c."values" AS "values", c.unscored AS unscored, c.verdict.status AS status, c.verdict.why AS why, c.verdict.answer AS answer, c.verdict.normalised AS normalised, c.verdict.rule AS rule, c.exact AS exact,
    c.truncated AS truncated, c.tokens AS tokens, c.seed AS seed, policy.model AS policy_model, policy.revision AS policy_revision, scorer.model AS scorer_model, scorer.revision AS scorer_revision, grader, decode
  FROM (
    SELECT *, 'candidate' AS kind, unnest(range(len(candidates))) AS place, unnest(candidates) AS c FROM ${source(path, longest)}
    UNION ALL
    SELECT *, 'greedy' AS kind, NULL AS place, greedy AS c FROM ${source(path, longest)} WHERE greedy IS NOT NULL
  )
  ORDER BY item_id, place NULLS LAST`;

const costs = ['requests', 'prompt_tokens', 'cached_tokens', 'generated_tokens', 'scorer_tokens', 'greedy_requests', 'greedy_prompt_tokens', 'greedy_cached_tokens', 'greedy_generated_tokens'];

/** One row an item out of a JSONL file of flat rows. In the order of items. */
export const itemsSelect = (path: string, rules: readonly string[]): string => `
  SELECT * FROM read_json(${text(path)}, format = 'newline_delimited', columns = {item_id: 'VARCHAR', dataset: 'VARCHAR', role: 'VARCHAR', candidates: 'BIGINT', candidates_right: 'BIGINT', candidates_none: 'BIGINT', ${costs.map((name) => `${name}: 'BIGINT'`).join(', ')}${rules.map((rule) => `, "${rule}": 'BOOLEAN', "${rule} answer": 'VARCHAR'`).join('')}})
  ORDER BY item_id`;
