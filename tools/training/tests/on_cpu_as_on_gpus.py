"""What test_accelerate.py launches for FSDP: main.py, after accelerate was told that processes on a CPU (gloo) are processes on GPUs. On a CPU it passes over FSDP without saying so; PyTorch's own FSDP2, which it calls then, knows both."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from accelerate import PartialState
from accelerate.utils import DistributedType

made = PartialState.__init__


def as_on_gpus(self: PartialState, *given: object, **named: object) -> None:
    made(self, *given, **named)
    if PartialState._shared_state.get("distributed_type") == DistributedType.MULTI_CPU:
        PartialState._shared_state["distributed_type"] = DistributedType.MULTI_GPU


PartialState.__init__ = as_on_gpus

from main import leave, main

if __name__ == "__main__":
    leave(main(sys.argv[1:]))
