"""Which rows are learnt: held-out questions, doubles, and how many a question. Functions of rows and seed alone, whatever order the files had; what is learnt of them is learnt in that order."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable


def by_question(rows: list[dict]) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = defaultdict(list)
    for row in rows:
        found[row["question_id"]].append(row)
    return {question: found[question] for question in sorted(found)}


def place(row: dict) -> tuple[str, int]:
    """Where a row stands among those of its question in a sealed data set."""
    return row["tree_id"], row["ordinal"]


def split_questions(rows: list[dict], share: float, seed: int) -> tuple[list[dict], list[dict]]:
    """Rows to train on and rows held out, by question; a share over 0 holds out one question at least."""
    questions = sorted({row["question_id"] for row in rows})
    if share == 0 or len(questions) < 2:
        return rows, []
    random.Random(seed).shuffle(questions)
    kept_back = set(questions[: max(1, round(share * len(questions)))])
    return [row for row in rows if row["question_id"] not in kept_back], [row for row in rows if row["question_id"] in kept_back]


def without_doubles(rows: list[dict], text: Callable[[dict], object]) -> list[dict]:
    """The first of each question and text, by place: rounds that share questions often find the same chain twice. Rows keep their order."""
    first: dict[tuple[str, object], dict] = {}
    for row in sorted(rows, key=place):
        first.setdefault((row["question_id"], text(row)), row)
    kept = {id(row) for row in first.values()}
    return [row for row in rows if id(row) in kept]


def best_of_each(rows: list[dict], most: int | None, by: Callable[[dict], float] | None, seed: int) -> list[dict]:
    """At most `most` a question: those with the highest number first, or drawn where `by` is None."""
    if most is None:
        return rows
    chosen: list[dict] = []
    for question, some in by_question(rows).items():
        if by is None:
            some = sorted(some, key=lambda row: row["id"])
            random.Random(f"{seed}/{question}").shuffle(some)
        else:
            some = sorted(some, key=lambda row: (-by(row), row["id"]))
        chosen += some[:most]
    return chosen


def balanced(rows: list[dict], most: int | None, seed: int) -> list[dict]:
    """At most `most` a question: half of each polarity where there are enough, the rest filled with what is left."""
    if most is None:
        return rows
    draw = random.Random(seed)
    chosen: list[dict] = []
    for some in by_question(rows).values():
        some = sorted(some, key=place)
        right = [row for row in some if row["polarity"] == "positive"]
        wrong = [row for row in some if row["polarity"] != "positive"]
        draw.shuffle(right)
        draw.shuffle(wrong)
        taken = right[: max((most + 1) // 2, most - len(wrong))]
        chosen += taken + wrong[: most - len(taken)]
    return chosen


def two_sided(rows: list[dict]) -> list[dict]:
    """Rows of the questions that have trajectories of both polarities."""
    return [row for some in by_question(rows).values() if len({row["polarity"] for row in some}) == 2 for row in some]
