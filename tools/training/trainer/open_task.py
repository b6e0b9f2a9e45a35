"""A job's task with its model, ready to train: which weights learn, which loop trains them, and what is written at the end."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import PreTrainedModel
from transformers.utils.logging import disable_progress_bar, set_verbosity_error

from .base_model import load_policy, scorer_from
from .checkpoint import Checkpoint, State
from .dpo import Dpo, open_dpo
from .export import write_checksums
from .hashes import model_hash
from .identity import Identity
from .job import Job
from .lora import add_adapter, write_adapter
from .own_loop import train_own
from .prm import Prm, open_prm, scorer_row
from .result import fresh, put, write_model
from .settings import Value
from .sft import Sft, open_sft
from .tables import Rows
from .task import Task
from .turns import Turns
from .watch import Watch


@dataclass
class Opened:
    job: Job
    settings: dict[str, Value]
    task: Task
    model: PreTrainedModel  # what learns: task.model, or the PEFT model around it

    @property
    def parameters(self) -> int:
        return sum(weight.numel() for weight in self.task.model.parameters())

    def train(self, identity: Identity, watch: Watch) -> State:
        """Behind it, task.model and model are whole: in the process that leads."""
        if self.settings["loop"] != "trl":
            return train_own(self.task, self.job, self.settings, Checkpoint(self.job.out, identity), watch)
        from .trl_loop import train_trl  # seconds of imports that the own loop has no need of

        state, whole = train_trl(self.task, self.model, self.job, self.settings, identity, watch)
        if whole is not None and whole is not self.model:
            self.model, self.task.model = whole, whole.get_base_model() if self.settings["weights"] == "lora" else whole
        return state

    def write(self, out: Path) -> dict:
        """model/ and adapter/; gives those fields of the manifest."""
        return write_result(self.task.model, self.model if self.settings["weights"] == "lora" else None, self.job, self.settings, out)


def open_task(job: Job, settings: dict[str, Value], rows: Rows, context: int) -> Opened:
    """BASE_MISSING, ADAPTER_MISSING, and what can be wrong with rows."""
    quieten()
    torch.set_num_threads(job.threads)
    torch.use_deterministic_algorithms(settings["loop"] == "own")
    turns = Turns(job.model)
    prepare = {"sft": open_sft, "prm": open_prm, "dpo": open_dpo}[job.task]
    train, held, used = prepare(rows.rows, turns, settings, context, job.seed)
    torch.manual_seed(job.seed)
    policy = load_policy(job, settings)
    model = scorer_from(policy, int(settings["logits"])) if job.task == "prm" else policy
    model.requires_grad_(True)
    adapted = add_adapter(model, settings, job.task) if settings["weights"] == "lora" else None
    match job.task:
        case "sft": task: Task = Sft(model, train, held, used)
        case "prm": task = Prm(model, train, held, used, settings)
        case _: task = Dpo(model, train, held, used, settings)
    return Opened(job, settings, task, adapted or model)


def quieten() -> None:
    """Bars and notes of the library would stand between the lines of progress."""
    disable_progress_bar()
    set_verbosity_error()
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")


def write_result(model: PreTrainedModel, adapted: object | None, job: Job, settings: dict[str, Value], out: Path) -> dict:
    adapter = None
    if adapted is not None:
        folder = fresh(out, "adapter")
        write_adapter(adapted, folder, job.model.name)
        write_checksums(folder)
        put(folder, out / "adapter")
        adapter = {"folder": "adapter", "sha256": model_hash(out / "adapter")}
        model = adapted.merge_and_unload()
    if settings["precision"] == "bfloat16":
        model = model.to(torch.bfloat16)  # what learnt was float32
    onnx = write_model(model, job.model, out, scorer_row(settings) if job.task == "prm" else None, job.onnx)
    return {"model": {"folder": "model", "sha256": model_hash(out / "model")}, "adapter": adapter, "onnx": onnx}
