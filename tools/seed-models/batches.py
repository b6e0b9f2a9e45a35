"""Batches of texts of about the same length, cut once an epoch: a batch is one gather from the flat ids."""

from __future__ import annotations

import numpy as np

from turns import Texts

POOL = 4096  # texts that are sorted by length together


def plan_epoch(texts: Texts, positions: int, seed: int, epoch: int) -> list[np.ndarray]:
    """Every text once: batches of text numbers with rows x longest <= positions, in random order. A function of seed and epoch alone."""
    draw = np.random.default_rng([seed, epoch])
    order = draw.permutation(len(texts))
    lengths = texts.lengths
    batches: list[np.ndarray] = []
    for at in range(0, len(order), POOL):
        pool = order[at : at + POOL]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        start = 0
        while start < len(pool):
            end = start + 1
            while end < len(pool) and lengths[pool[end]] * (end + 1 - start) <= positions:
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
