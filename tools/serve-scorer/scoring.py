"""Scoring: rows of tokens to labels at every token, several rows a pass.

Padding stands on the right, and attention looks to the left only: no token of a row sees any of it, and each row is read at its own places.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

import torch
from torch import Tensor

from served import SCORER, Served
from settle import settle
from shapes import rounded, rows_of


@dataclass
class ScoreJob:
    ids: list[int]
    done: Future[Tensor] = field(default_factory=Future)  # [tokens, labels] float32


class Scoring:
    def __init__(self, served: Served, pad: int, tokens: int, rows_max: int, context: int) -> None:
        self.served, self.pad, self.tokens, self.rows_max, self.context = served, pad, tokens, rows_max, context
        self.waiting: deque[ScoreJob] = deque()
        self.seen: Callable[[int, int], None] = lambda rows, of: None  # rows that were asked for, rows of the pass

    def step(self) -> bool:
        """One pass for the job that waits longest and those of its shape. False: nobody waits."""
        while self.waiting and self.waiting[0].done.cancelled():
            self.waiting.popleft()
        if not self.waiting:
            return False
        length = self.length(len(self.waiting[0].ids))
        rows = rows_of(length, self.tokens, self.rows_max)
        taken: list[ScoreJob] = []
        left: deque[ScoreJob] = deque()
        while self.waiting:
            job = self.waiting.popleft()
            (taken if len(taken) < rows and self.length(len(job.ids)) == length and not job.done.cancelled() else left).append(job)
        self.waiting = left
        try:
            logits = self.run([job.ids for job in taken], length, rows)
        except Exception as error:  # of a device without memory, say: those who asked are told, the others are served
            for job in taken:
                settle(job.done, error=error)
            return True
        self.seen(len(taken), rows)
        for job, found in zip(taken, logits, strict=True):
            settle(job.done, found)
        return True

    def length(self, tokens: int) -> int:
        return min(rounded(tokens), max(self.context, tokens))

    @torch.inference_mode()
    def run(self, texts: list[list[int]], length: int, rows: int) -> list[Tensor]:
        """texts, at most `rows` of at most `length` tokens -> [tokens, labels] each."""
        ids = torch.full((rows, length), self.pad, dtype=torch.long)
        for at, text in enumerate(texts):
            ids[at, : len(text)] = torch.tensor(text)
        self.served.switch(SCORER)
        hidden = self.served.body(SCORER)(input_ids=ids.to(self.served.any.device), use_cache=False).last_hidden_state
        logits = self.served.labels(hidden).cpu()
        return [logits[at, : len(text)].clone() for at, text in enumerate(texts)]
