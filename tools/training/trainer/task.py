"""What a loop needs to know of a task: a model, examples with lengths, and the loss of some of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from torch import Tensor
from transformers import PreTrainedModel


@dataclass
class Used:
    """What became of the rows that were read."""

    rows: int
    used: int
    skipped: dict[str, int] = field(default_factory=dict)  # by reason

    def skip(self, reason: str, count: int) -> None:
        if count:
            self.skipped[reason] = self.skipped.get(reason, 0) + count


class Task(Protocol):
    model: PreTrainedModel  # whose weights learn; adapters stand inside it
    lengths: np.ndarray  # [examples] int64: positions that each takes in a batch
    used: Used

    def tokens(self, batch: np.ndarray) -> int:
        """Tokens of these examples, padding left out."""
        ...

    def loss(self, batch: np.ndarray) -> Tensor:
        """Mean loss of these examples, a number with gradient."""
        ...

    def report_held(self) -> dict | None:
        """What the trained model gives on the questions that were held out: `loss` and whatever the task measures; None where none were. Called once, at the end."""
        ...
