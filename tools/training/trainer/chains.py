"""Rows of the sealed tables as chains to tokenize. STEP_BROKEN: a row whose steps cannot be told apart, or that does not begin with Step 0."""

from __future__ import annotations

from .fault import Fault
from .turns import SEPARATOR, Chain


def sft_chain(row: dict) -> Chain:
    return closed_chain(row, row["prompt"], row["completion"], row["node_ids"])


def closed_chain(row: dict, prompt: list[dict], answer: list[dict], nodes: list[str]) -> Chain:
    return Chain(row["id"], turns_of(prompt), steps_of(row, answer[-1]["content"], nodes), closed=True)


def open_chain(row: dict, text: str, nodes: list[str]) -> Chain:
    """A prefix that goes on: ends with the separator."""
    return Chain(row["id"], turns_of(row["prompt"]), steps_of(row, text.removesuffix(SEPARATOR), nodes), closed=False)


def turns_of(messages: list[dict]) -> tuple[tuple[str, str], ...]:
    return tuple((message["role"], message["content"]) for message in messages)


def steps_of(row: dict, text: str, nodes: list[str]) -> tuple[str, ...]:
    """One node a step, Step 0 apart."""
    steps = tuple(text.split(SEPARATOR))
    if len(steps) != len(nodes) + 1:
        broken(row, f"has {len(nodes)} nodes and {len(steps) - 1} steps behind Step 0")
    return steps


def prm_chain(row: dict) -> Chain:
    """The prompt is the question, a blank line and Step 0."""
    question, _, first = row["prompt"].rpartition(SEPARATOR)
    if not question:
        broken(row, "has no blank line between question and Step 0")
    for k, step in enumerate(row["completions"], 1):
        if SEPARATOR in step or step.endswith("\n"):
            broken(row, f"has a blank line in step {k} ({step[:60]!r})")
    for name in ("values", "targets", "visits"):
        if len(row[name]) != len(row["completions"]):
            broken(row, f"has {len(row['completions'])} steps and {len(row[name])} {name}")
    if not row["completions"]:
        broken(row, "has no step behind Step 0")
    return Chain(row["id"], (("user", question),), (first, *row["completions"]), closed=False)


def broken(row: dict, what: str) -> None:
    raise Fault("STEP_BROKEN", f"The row {row['id']} {what}: where a step ends could not be told.", "Seal the data set again with a run whose steps hold no blank line, or leave the row out.")
