"""Token sequences behind one another, and batches of sequences of about the same length, cut once an epoch: a batch is one gather from the flat ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

POOL = 4096  # sequences that are sorted by length together


@dataclass(frozen=True)
class Texts:
    """Encoded texts behind one another; text p is ids[starts[p]:starts[p + 1]]."""

    ids: np.ndarray  # [tokens] int32
    learnt: np.ndarray  # [tokens] bool: a policy learns to write this token
    starts: np.ndarray  # [texts + 1] int64

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> np.ndarray:
        return np.diff(self.starts)


def joined(rows: Sequence[np.ndarray], learnt: Sequence[np.ndarray]) -> Texts:
    return Texts(np.concatenate(rows).astype(np.int32), np.concatenate(learnt), np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64))


def together(one: Texts, other: Texts) -> Texts:
    return Texts(np.concatenate([one.ids, other.ids]), np.concatenate([one.learnt, other.learnt]), np.concatenate([one.starts, one.starts[-1] + other.starts[1:]]))


def plan_epoch(lengths: np.ndarray, seed: int, epoch: int, positions: int | None = None, rows: int | None = None) -> list[np.ndarray]:
    """Every sequence once: batches of their numbers with rows x longest <= positions, or of so many rows, in random order. A function of the arguments alone.

    A sequence longer than `positions` is a batch of its own."""
    draw = np.random.default_rng([seed, epoch])
    order = draw.permutation(len(lengths))
    batches: list[np.ndarray] = []
    for at in range(0, len(order), POOL):
        pool = order[at : at + POOL]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        start = 0
        while start < len(pool):
            end = start + 1
            while end < len(pool) and (rows is None or end - start < rows) and (positions is None or lengths[pool[end]] * (end + 1 - start) <= positions):
                end += 1
            batches.append(pool[start:end])
            start = end
    return [batches[b] for b in draw.permutation(len(batches))]


def gather(texts: Texts, rows: np.ndarray, pad: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """ids [B, S] int64, padded behind, and learnt [B, S] bool."""
    lengths = texts.lengths[rows]
    places = np.arange(lengths.max())[None, :]
    inside = places < lengths[:, None]
    flat = np.where(inside, texts.starts[rows][:, None] + places, 0)
    return np.where(inside, texts.ids[flat].astype(np.int64), pad), inside & texts.learnt[flat]
