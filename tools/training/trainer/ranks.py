"""The processes that train one job together, as `accelerate launch` and `torchrun` start them (RANK and WORLD_SIZE). The one of rank 0 leads: it alone writes into OUT and speaks."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # of prctl(2)


def processes() -> int:
    return int(os.environ.get("WORLD_SIZE", "1"))


def rank() -> int:
    return int(os.environ.get("RANK", "0"))


def leads() -> bool:
    return rank() == 0


def shared(value: object) -> object:
    """What the process that leads has, in every process: they see files of each other late, or never. Begins to speak with the others where nobody has yet."""
    if processes() == 1:
        return value
    import torch
    from accelerate import PartialState
    from accelerate.utils import broadcast_object_list

    PartialState(cpu=not torch.cuda.is_available())
    return broadcast_object_list([value])[0]


def part() -> None:
    """Behind the last thing that all say to each other."""
    if processes() > 1:
        import torch

        torch.distributed.destroy_process_group()


def end_with_launcher() -> None:
    """A launcher gives each process a group of its own, so that what kills the launcher's leaves them: on Linux they get SIGTERM when it dies."""
    if processes() > 1 and sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def sums(values: list[float], device: object) -> list[float]:
    """Each value added up over all processes, the same everywhere. Every process calls it as often, and in the same order; a GPU sends from itself alone, so `device` is the one it trains on."""
    if processes() == 1:
        return values
    import torch

    shared = torch.tensor(values, dtype=torch.float64, device=device)
    torch.distributed.all_reduce(shared)
    return shared.tolist()
