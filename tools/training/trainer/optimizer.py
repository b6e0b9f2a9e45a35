from __future__ import annotations

import torch
from torch import nn

from .settings import Value


def new_optimizer(model: nn.Module, settings: dict[str, Value]) -> torch.optim.AdamW:
    """AdamW over what learns; weight decay on matrices alone."""
    learning = [weight for weight in model.parameters() if weight.requires_grad]
    groups = [{"params": [weight for weight in learning if weight.dim() >= 2], "weight_decay": settings["weightDecay"]}, {"params": [weight for weight in learning if weight.dim() < 2], "weight_decay": 0.0}]
    return torch.optim.AdamW([group for group in groups if group["params"]], lr=float(settings["learningRate"]), betas=(float(settings["beta1"]), float(settings["beta2"])), eps=float(settings["epsilon"]), fused=True)
