"""One token a row, by inverting the cumulative distribution with a number that depends on (seed, place of the token) alone. Order of the filters as in transformers: temperature, top-k, top-p, min-p."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Sampling:
    temperature: float = 1.0  # 0: the likeliest, the lowest id of equal ones
    top_p: float = 1.0
    top_k: int = 0  # 0: off
    min_p: float = 0.0


def uniform(seed: int, place: int) -> float:
    """0 <= u < 1."""
    digest = hashlib.blake2b(struct.pack("<Qq", seed % 2**64, place), digest_size=8).digest()
    return (int.from_bytes(digest, "little") >> 11) / 2**53


def draw(logits: Tensor, samplings: list[Sampling], uniforms: list[float]) -> tuple[list[int], list[float]]:
    """logits [rows, vocabulary] -> an id a row, and the logarithm of the probability that the model gave it (before any filter). FloatingPointError: logits that are no numbers."""
    if bool(torch.isnan(logits).any()) or bool((logits.amax(-1) == torch.inf).any()):
        raise FloatingPointError("the model gives logits that are no numbers")
    column = lambda values: torch.tensor(values, dtype=torch.float64, device=logits.device)[:, None]  # noqa: E731
    raw = logits.double()
    temperature = column([sampling.temperature or 1.0 for sampling in samplings])
    shares, order = torch.sort(torch.softmax(raw / temperature, -1), dim=-1, descending=True, stable=True)
    rank = torch.arange(logits.shape[-1], device=logits.device)
    top_k = column([float(sampling.top_k) if sampling.temperature > 0 else 1.0 for sampling in samplings])
    shares = torch.where((rank >= top_k) & (top_k > 0), 0.0, shares)
    shares = shares / shares.sum(-1, keepdim=True)
    before = torch.cumsum(shares, -1) - shares
    shares = torch.where((before >= column([sampling.top_p for sampling in samplings])) & (rank > 0), 0.0, shares)
    shares = torch.where(shares < column([sampling.min_p for sampling in samplings]) * shares[:, :1], 0.0, shares)
    sums = torch.cumsum(shares, -1)
    last = (shares > 0).sum(-1, keepdim=True) - 1
    at = torch.minimum(torch.searchsorted(sums, column(uniforms) * sums[:, -1:], right=True), last)
    ids = order.gather(-1, at)
    return ids[:, 0].tolist(), torch.log_softmax(raw, -1).gather(-1, ids)[:, 0].tolist()
