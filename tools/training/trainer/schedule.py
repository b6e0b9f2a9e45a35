from __future__ import annotations

import math

from .settings import Value


def rate_share(step: int, steps: int, settings: dict[str, Value]) -> float:
    """Learning rate of a step (from 0) of `steps`, as a share of the highest: a line up through the warm-up, then down to lastRateShare by a cosine or a line, or constant.

    Share s of the way from the end of the warm-up: cosine (1 + cos(pi s)) / 2, line 1 - s; either is stretched to end at lastRateShare."""
    warmup = math.ceil(float(settings["warmupShare"]) * steps)
    if step < warmup:
        return (step + 1) / (warmup + 1)
    s = (step - warmup) / max(1, steps - warmup)
    last = float(settings["lastRateShare"])
    match settings["schedule"]:
        case "cosine": fallen = (1 + math.cos(math.pi * s)) / 2
        case "linear": fallen = 1 - s
        case _: return 1.0
    return last + (1 - last) * fallen
