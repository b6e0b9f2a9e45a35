"""What is measured on sampled candidates, and its intervals. Q questions, N samples a question.

greedy: right at temperature 0. one sample: mean over the N. maj@N: the most frequent answer. pass@N: any right. vote-sum min (P-VS, arXiv 2501.12051 section 3.4): the answer
whose candidates' smallest step values add up to most. Of equal answers the one sampled first wins; a candidate without an answer has no vote.
Intervals: percentile bootstrap over questions, the same questions for every rule, so differences are paired.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import numpy as np
from trainer.auroc import auroc

RULES = ("greedy", "oneSample", "majority", "pass", "voteSumMin")
TITLES = {"greedy": "greedy", "oneSample": "one sample", "majority": "maj@{n}", "pass": "pass@{n}", "voteSumMin": "vote-sum min (P-VS)", "gain": "P-VS minus maj"}


def right_by_rule(row: dict) -> dict[str, float]:
    """A line of the samples file -> 0..1 for each rule."""
    candidates = row["candidates"]
    rights = [candidate["status"] == "right" for candidate in candidates]
    return {
        "greedy": float(row["greedy"]["status"] == "right"),
        "oneSample": float(np.mean(rights)),
        "majority": voted(candidates, lambda _: 1.0),
        "pass": float(any(rights)),
        "voteSumMin": voted(candidates, lambda candidate: min(candidate["values"], default=0.0)),
    }


def voted(candidates: list[dict], weight: Callable[[dict], float]) -> float:
    """Whether the answer with the largest sum of weights is right."""
    sums: dict[str, float] = defaultdict(float)
    right: dict[str, bool] = {}
    for candidate in candidates:
        if candidate["status"] == "none":
            continue
        sums[candidate["answer"]] += weight(candidate)
        right[candidate["answer"]] = candidate["status"] == "right"
    return float(right[max(sums, key=lambda answer: sums[answer])]) if sums else 0.0


def intervals(table: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """[Q, columns] -> [columns, 3]: mean and 95 % interval."""
    draw = np.random.default_rng(seed)
    weights = draw.multinomial(len(table), np.full(len(table), 1 / len(table)), size=resamples)  # [resamples, Q]
    means = weights @ table / len(table)
    low, high = np.percentile(means, (2.5, 97.5), axis=0)
    return np.stack([table.mean(0), low, high], 1)


def summarise(rows: list[dict], resamples: int, seed: int) -> dict:
    """Of the lines of a samples file: every rule with its interval, AUROC, and tables by kind and by cue."""
    rights = [right_by_rule(row) for row in rows]
    table = np.array([[right[rule] for rule in RULES] + [right["voteSumMin"] - right["majority"]] for right in rights])
    rules = {rule: [round(float(x), 4) for x in found] for rule, found in zip((*RULES, "gain"), intervals(table, resamples, seed), strict=True)}
    unanswered = np.mean([candidate["status"] == "none" for row in rows for candidate in row["candidates"]])
    return {"questions": len(rows), "samples": len(rows[0]["candidates"]), "rules": rules, "auroc": step_auroc(rows), "unanswered": round(float(unanswered), 4),
            "byKind": grouped(rows, rights, lambda row: row["kind"]), "byCue": grouped(rows, rights, lambda row: f"{row['kind']}: {row['cue']}")}


def step_auroc(rows: list[dict]) -> dict:
    """Of the values against whether the chain they stand in ended right: samples have no rollouts, so a right step of a chain that failed later counts as wrong."""
    steps = [(value, candidate["status"] == "right", place == len(candidate["values"]) - 1)
             for row in rows for candidate in row["candidates"] if candidate["status"] != "none" for place, value in enumerate(candidate["values"])]
    of = lambda chosen: auroc(np.array([v for v, _, _ in chosen]), np.array([right for _, right, _ in chosen]))  # noqa: E731
    return {"all": of(steps), "inner": of([step for step in steps if not step[2]]), "last": of([step for step in steps if step[2]]), "steps": len(steps)}


def grouped(rows: list[dict], rights: list[dict[str, float]], name: Callable[[dict], str]) -> dict:
    groups: dict[str, list[dict[str, float]]] = defaultdict(list)
    for row, right in zip(rows, rights, strict=True):
        groups[name(row)].append(right)
    return {group: {"questions": len(found), **{rule: round(float(np.mean([right[rule] for right in found])), 3) for rule in RULES}} for group, found in sorted(groups.items())}
