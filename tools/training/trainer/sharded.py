"""Weights that are cut over the devices (FSDP, DeepSpeed) while they learn, and whole again when they are written."""

from __future__ import annotations

import copy
import os

import torch
from accelerate import Accelerator
from torch import nn
from transformers import PreTrainedModel


def cuts_weights() -> bool:
    """Whether the launcher asks for it. Without this every process has a whole model."""
    return any(os.environ.get(f"ACCELERATE_USE_{name}", "false").lower() == "true" for name in ("FSDP", "DEEPSPEED"))


def skeleton_of(model: PreTrainedModel) -> PreTrainedModel:
    """The same modules with parameters that take no memory; shared ones stay shared. To be made before the launcher's library changes the modules themselves."""
    empty = {id(weight): nn.Parameter(torch.empty_like(weight, device="meta"), requires_grad=weight.requires_grad) for weight in model.parameters()}
    return copy.deepcopy(model, empty)


def whole_again(accelerator: Accelerator, trained: nn.Module, skeleton: PreTrainedModel) -> PreTrainedModel | None:
    """The trained weights, gathered into the skeleton on the CPU of the process that leads; None elsewhere. Every process calls it."""
    weights = accelerator.get_state_dict(trained)
    return with_weights(skeleton, weights) if accelerator.is_main_process else None


def with_weights(skeleton: PreTrainedModel, weights: dict[str, torch.Tensor]) -> PreTrainedModel:
    """Throws where one is missing or is of another shape."""
    mine = skeleton.state_dict().keys()  # a trainer may add to a model what is its own: DPO of an adapter keeps the one that it began with
    skeleton.load_state_dict({name: weight.to("cpu") for name, weight in weights.items() if name in mine}, strict=True, assign=True)
    skeleton.tie_weights()
    return skeleton
