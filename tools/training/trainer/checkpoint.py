"""The checkpoint of the own loop: what learns, its optimizer, random numbers and counts, one file that is there whole or not at all."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from torch import nn

from .fault import Fault
from .identity import Identity, identity_of_checkpoint, refuse_foreign_checkpoint
from .whole_file import write_whole


@dataclass
class State:
    step: int = 0  # updates done
    epochs: float = 0.0  # passes over the rows
    tokens: int = 0
    seconds: float = 0.0  # of training, all attempts together
    losses: list[float] = field(default_factory=list)  # one an update
    reports: list[dict] = field(default_factory=list)  # lines of loss.jsonl
    stopped: str | None = None  # end | max-minutes, when nothing is left to train


class Checkpoint:
    def __init__(self, out: Path, identity: Identity) -> None:
        self.folder = out / "checkpoint"
        self.file = self.folder / "state.pt"
        self.identity = identity

    def keep(self, model: nn.Module, optimizer: torch.optim.Optimizer, state: State) -> None:
        content = io.BytesIO()
        torch.save({"identity": json.dumps(identity_of_checkpoint(self.identity)), "weights": {name: weight.detach() for name, weight in model.named_parameters() if weight.requires_grad},
                    "optimizer": optimizer.state_dict(), "random": torch.get_rng_state(), "state": asdict(state)}, content)
        write_whole(self.file, content.getvalue())

    def load(self, model: nn.Module, optimizer: torch.optim.Optimizer) -> State | None:
        """None where there is none. OUT_FOREIGN, CHECKPOINT_BROKEN."""
        if not self.file.exists():
            return None
        try:
            found = torch.load(self.file, weights_only=True)
            identity = json.loads(found["identity"])
        except Exception as error:
            raise Fault("CHECKPOINT_BROKEN", f"{self.file} cannot be read: {str(error)[:200]}", "The disk changed it, since it is written whole: delete the folder checkpoint; the training begins anew.") from error
        refuse_foreign_checkpoint(self.identity, identity, self.file)
        learning = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
        with torch.no_grad():
            for name, weight in learning.items():
                weight.copy_(found["weights"][name])
        optimizer.load_state_dict(found["optimizer"])
        torch.set_rng_state(found["random"])
        return State(**found["state"])

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
