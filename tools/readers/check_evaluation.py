"""check_evaluation.py FOLDER: reads the tables of an evaluation (DIR/results) with pyarrow and DuckDB and computes rules, accuracies and costs again from the tables alone.

Whatever does not agree with items.parquet or summary.json is printed; exit code 1 when anything does not.
"""
import collections
import hashlib
import json
import math
import pathlib
import sys

import duckdb
import pyarrow.parquet as parquet

REDUCERS = {
    "last": lambda v: v[-1],
    "min": min,
    "mean": lambda v: sum(v) / len(v),
    "product": math.prod,
    "geometric-mean": lambda v: math.exp(sum(map(math.log, v)) / len(v)) if min(v) > 0 else 0.0,
    "max": max,
}
TIE = 1e-12  # relative: sums that differ by less are equal


def above(a, b):
    return a is not None and (b is None or a - b > TIE * max(abs(a), abs(b)))


def majority(rows):
    counts = collections.Counter(row["normalised"] for row in rows if row["status"] != "none")
    return next((row for row in rows if row["status"] != "none" and counts[row["normalised"]] == max(counts.values())), None)


def best_of_n(rows, reduce):
    best = None
    for row in rows:
        row = dict(row, score=REDUCERS[reduce](row["values"]) if row["values"] else None)
        if best is None or (row["status"] != "none") > (best["status"] != "none"):
            best = row
        elif (row["status"] != "none") == (best["status"] != "none") and above(row["score"], best["score"]):
            best = row
    return best


def vote_sum(rows, reduce):
    totals, best = {}, {}
    for row in rows:
        if row["status"] == "none":
            continue
        score = REDUCERS[reduce](row["values"]) if row["values"] else None
        key = row["normalised"]
        totals[key] = totals.get(key, 0.0) + (score or 0.0)
        if key not in best or above(score, best[key]["score"]):
            best[key] = dict(row, score=score)
    winner = None
    for key in totals:
        if winner is None or above(totals[key], totals[winner]) or (not above(totals[winner], totals[key]) and above(best[key]["score"], best[winner]["score"])):
            winner = key
    return best.get(winner)


def check(folder):
    problems = []
    summary = json.loads((folder / "summary.json").read_text())
    if hashlib.sha256((folder / "items.jsonl").read_bytes()).hexdigest() != summary["items"]["sha256"]:
        problems.append("items.jsonl is not the file that summary.json names")
    items = {row["item_id"]: row for row in parquet.read_table(folder / "items.parquet").to_pylist()}
    candidates = collections.defaultdict(list)
    greedy = {}
    for row in parquet.read_table(folder / "candidates.parquet").to_pylist():
        if row["values"] is not None and len(row["values"]) != len(row["steps"]):
            problems.append(f"{row['item_id']} {row['place']}: {len(row['values'])} values for {len(row['steps'])} steps")
        if row["kind"] == "greedy":
            greedy[row["item_id"]] = row
        else:
            candidates[row["item_id"]].append(row)
    if set(items) != set(candidates) or len(items) != summary["items"]["count"]:
        problems.append(f"{len(items)} items, {len(candidates)} with candidates, {summary['items']['count']} in the summary")
    ways = {"maj": majority, **{f"bon-{name}": lambda rows, name=name: best_of_n(rows, name) for name in REDUCERS}, **{f"vote-sum-{name}": lambda rows, name=name: vote_sum(rows, name) for name in REDUCERS}}
    checked = 0
    for one in summary["evaluation"]["sets"]:
        own = [row for row in items.values() if row["dataset"] == one["name"]]
        for rule in one["rules"]:
            name = rule["rule"]
            right = [row[name] for row in own]
            if abs(sum(right) / len(right) - rule["accuracy"]["value"]) > 1e-12:
                problems.append(f"{one['name']} {name}: {sum(right) / len(right)} in items.parquet, {rule['accuracy']['value']} in summary.json")
            if name not in ways and name != "greedy":
                continue
            for row in own:
                chosen = greedy.get(row["item_id"]) if name == "greedy" else ways[name](candidates[row["item_id"]])
                if ((chosen is not None and chosen["status"] == "right") != row[name]) or ((chosen or {"normalised": ""})["normalised"] != row[f"{name} answer"]):
                    problems.append(f"{row['item_id']} {name}: chosen {chosen and chosen['normalised']!r}, items.parquet says {row[f'{name} answer']!r}, {row[name]}")
                checked += 1
    for cost in summary["evaluation"]["costs"]:
        own = "greedy_" if cost["rule"] == "greedy" else ""
        for field, column in [("promptTokens", f"{own}prompt_tokens"), ("generatedTokens", f"{own}generated_tokens")] + ([("scorerTokens", "scorer_tokens")] if cost["scorerTokens"] > 0 else []):
            mean = sum(row[column] for row in items.values()) / len(items)
            if abs(mean - cost[field]) > 1e-9 * max(1, mean):
                problems.append(f"{cost['rule']}: {column} of an item is {mean} in items.parquet, {cost[field]} in summary.json")
            checked += 1
    read = duckdb.sql(f"SELECT count(*), count(DISTINCT item_id) FROM '{folder / 'candidates.parquet'}'").fetchone()
    if read != (sum(map(len, candidates.values())) + len(greedy), len(items)):
        problems.append(f"DuckDB reads {read}")
    for problem in problems[:20]:
        print(f"{folder}: {problem}")
    print(f"{folder}: {len(items)} items, {sum(map(len, candidates.values()))} candidates, {checked} numbers computed again, {len(problems)} problems")
    return not problems


if __name__ == "__main__":
    sys.exit(0 if all([check(pathlib.Path(folder)) for folder in sys.argv[1:]]) else 1)
