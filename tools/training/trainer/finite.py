"""Numbers that are none: neither a gradient nor a weight of that kind is used, kept or exported."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from .fault import Fault


def no_number(what: str, step: int, folder: Path) -> Fault:
    """LOSS_NOT_A_NUMBER, with what became of the checkpoint before it."""
    whole = (*folder.glob("state.pt"), *folder.glob("checkpoint-*/slowthink.json"))  # of the own loop; of trl
    kept = f"the checkpoint before it stays in {folder}" if whole else "no checkpoint had been written"
    return Fault("LOSS_NOT_A_NUMBER", f"{what} no finite number at step {step}; {kept}.", "Lower learningRate or gradientNormMax and give another out; a base whose weights are not finite gives this too.")


@torch.no_grad()
def all_finite(model: nn.Module) -> bool:
    """Whether each weight that learns is a number; of weights that are cut over devices, the part that this one holds. Memory: a mask of one of them."""
    return all(bool(torch.isfinite(held(weight)).all()) for weight in model.parameters() if weight.requires_grad)


@torch.no_grad()
def gradients_finite(model: nn.Module) -> bool:
    """By their norm, which is one number that is waited for; gradients that are clipped do not overflow it. Of gradients that are cut over devices, the parts of all: every process calls it."""
    norm = torch.nn.utils.get_total_norm([weight.grad for weight in model.parameters() if weight.grad is not None])
    return bool(torch.isfinite(norm.full_tensor() if hasattr(norm, "full_tensor") else norm))


def held(weight: Tensor) -> Tensor:
    return weight.to_local() if hasattr(weight, "to_local") else weight
