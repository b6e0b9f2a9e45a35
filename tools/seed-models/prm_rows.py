"""Reads the process-reward rows that a run sealed (Parquet, columns of schemas/prm-row.v1.json) as they are, and turns each into the text the scorer reads."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as parquet

from turns import scorer_text

COLUMNS = ("id", "question_id", "prompt", "completions", "values", "labels", "rights", "simulations", "polarity", "benchmark")
STEP_ZERO = "\n\nStep 0:"  # the prompt is the question, a blank line and Step 0


@dataclass(frozen=True)
class PrmRow:
    question_id: str
    text: str  # as the scorer reads it
    values: tuple[float, ...]  # soft label, one a step from Step 1 on, 0..1
    labels: tuple[bool, ...]
    sampled: tuple[bool, ...]  # whether rollouts stand behind the value; False: a Finish, whose value is its verdict
    right: bool


def read_rows(dataset: Path) -> list[PrmRow]:
    """Every row of DIR/dataset/prm, in order of its id. Benchmark rows are refused: nothing is ever trained on them."""
    files = sorted((dataset / "prm").glob("*.parquet"))
    if not files:
        raise SystemExit(f"{dataset}: there are no prm/*.parquet. Run the stage trees first.")
    rows: list[tuple[str, PrmRow]] = []
    for file in files:
        for row in parquet.read_table(file, columns=list(COLUMNS)).to_pylist():
            if row["benchmark"]:
                raise SystemExit(f"{file}: the row {row['id']} is of a benchmark. Seal without --allow-benchmark.")
            at = row["prompt"].rindex(STEP_ZERO)
            question, first = row["prompt"][:at], row["prompt"][at + 2 :]
            rows.append((row["id"], PrmRow(row["question_id"], scorer_text(question, [first, *row["completions"]]), tuple(row["values"]), tuple(row["labels"]),
                                           tuple(count is not None for count in row["simulations"]), row["polarity"] == "positive")))
    rows.sort(key=lambda found: found[0])
    return [row for _, row in rows]


def split_questions(rows: list[PrmRow], share: float, seed: int) -> tuple[list[PrmRow], list[PrmRow]]:
    """Rows to train on and rows held out, by question."""
    questions = sorted({row.question_id for row in rows})
    random.Random(seed).shuffle(questions)
    kept_back = set(questions[: max(1, round(share * len(questions)))])
    return [row for row in rows if row.question_id not in kept_back], [row for row in rows if row.question_id in kept_back]


def choose_rows(rows: list[PrmRow], most: int, seed: int) -> list[PrmRow]:
    """At most `most` rows a question: half of each polarity where there are enough, the rest filled with what is left."""
    draw = random.Random(seed)
    by_question: dict[str, list[PrmRow]] = defaultdict(list)
    for row in rows:
        by_question[row.question_id].append(row)
    chosen: list[PrmRow] = []
    for question in sorted(by_question):
        right = [row for row in by_question[question] if row.right]
        wrong = [row for row in by_question[question] if not row.right]
        draw.shuffle(right)
        draw.shuffle(wrong)
        half = most // 2
        rights = max(half, most - len(wrong))
        taken = right[:rights]
        chosen += taken + wrong[: most - len(taken)]
    return chosen


def targets_of(rows: list[PrmRow], longest: int) -> np.ndarray:
    """[rows, longest] float32: values, -1 behind the last step."""
    targets = np.full((len(rows), longest), -1.0, np.float32)
    for r, row in enumerate(rows):
        targets[r, : len(row.values)] = row.values
    return targets
