"""Large models: TRL's trainers for SFT and DPO, transformers' for step scorers, in one process or in as many as a launcher starts (ranks.py). Tokens, positions and labels are those of the own loop.

An update has batchRows rows, of all processes together: another number of them is the same training. What is decided from a clock or a signal, all decide together, at the end of an update.

Checkpoints are the trainer's own, a folder each, OUT/checkpoint/checkpoint-N; one counts when COMPLETE stands in it, which is written last. Kernels of a GPU add in any order, so bytes are not promised.
"""

from __future__ import annotations

import copy
import json
import math
import os
import shutil
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from accelerate import Accelerator
from accelerate.utils.fsdp_utils import fsdp2_prepare_model
from datasets import Dataset
from datasets.utils.logging import disable_progress_bar
from torch import Tensor
from torch.distributed.fsdp import MixedPrecisionPolicy
from transformers import PreTrainedModel, Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_callback import PrinterCallback
from trl import DPOConfig, DPOTrainer, SFTConfig, SFTTrainer
from trl.models.utils import prepare_fsdp
from trl.trainer import dpo_trainer

from .checkpoint import State
from .curve import write_curve
from .dpo import Dpo
from .fault import Fault, Stopped
from .finite import all_finite, gradients_finite, no_number
from .identity import Identity, identity_of_checkpoint, refuse_foreign_checkpoint
from .job import Job
from .optimizer import new_optimizer
from .own_loop import report
from .prm import Prm
from .ranks import leads, part, processes, shared, sums
from .schedule import rate_share
from .settings import Value
from .sft import Sft
from .sharded import cuts_weights, skeleton_of, whole_again
from .task import Task
from .turns import Turns
from .watch import Watch
from .whole_file import write_json_whole

COMPLETE = "slowthink.json"


def train_trl(task: Task, model: PreTrainedModel, job: Job, settings: dict[str, Value], identity: Identity, watch: Watch) -> tuple[State, PreTrainedModel | None]:
    """Trains `model` (task.model, or the PEFT model around it) in place and gives it back; where weights were cut over devices, a whole copy, in the process that leads alone. Stopped at a signal, LOSS_NOT_A_NUMBER, OUT_FOREIGN."""
    disable_progress_bar()
    folder = job.out / "checkpoint"
    resumed = shared(newest(folder, identity) if leads() else None)
    skeleton = skeleton_of(model) if cuts_weights() else None
    an_epoch, epochs = math.ceil(len(task.lengths) / int(settings["batchRows"])), float(settings["epochs"])
    steps = math.floor(epochs) * an_epoch + math.ceil((epochs - math.floor(epochs)) * an_epoch)
    keeper = Keeper(job, settings, identity, watch, steps, len(task.lengths), state_of(resumed))
    trainer = trainer_for(task, model, job, settings, arguments(job, settings, folder, steps), keeper)
    trainer.remove_callback(PrinterCallback)
    watch.phase("training")
    try:
        trainer.train(resume_from_checkpoint=None if resumed is None else str(resumed))
    except NothingLeft:
        pass
    if keeper.state.stopped is None:
        part()
        raise Stopped()
    if leads():
        write_curve(job.out, keeper.state.reports, job.task)
    whole = model if skeleton is None else whole_again(trainer.accelerator, trainer.model_wrapped, skeleton)
    part()
    return keeper.state, None if whole is None else placed(whole, trainer.args.device).eval()


def placed(model: PreTrainedModel, device: torch.device) -> PreTrainedModel:
    """On the device, where what was held out is measured faster; on the CPU where a whole model has no room beside its parts."""
    try:
        return model.to(device)
    except torch.OutOfMemoryError:
        return model.to("cpu")


class NothingLeft(Exception):
    """Trained to its end before, and the weights are loaded: what was interrupted is the export."""


def arguments(job: Job, settings: dict[str, Value], folder: Path, steps: int) -> dict[str, object]:
    rows, ranks = int(settings["batchRows"]), processes()
    micro = max(1, min(int(settings["microRows"]), rows // ranks))
    if rows % (micro * ranks):
        raise Fault("SETTING_WRONG", f"{job.task}.batchRows is {rows}, which is no multiple of {micro * ranks}: {job.task}.microRows, {micro}{'' if ranks == 1 else f', in each of {ranks} processes'}.", "Gradients of microRows rows are added up to batchRows, over all processes.")
    os.environ["ACCELERATE_MIXED_PRECISION"] = "bf16" if settings["precision"] == "bfloat16" else "no"  # else that of the launch file
    recomputes = bool(settings["gradientCheckpointing"]) and os.environ.get("FSDP_ACTIVATION_CHECKPOINTING", "false").lower() != "true"  # of the two ways the launcher's, which knows how weights are cut
    return {"output_dir": str(folder), "max_steps": steps, "per_device_train_batch_size": micro, "gradient_accumulation_steps": rows // (micro * ranks), "max_grad_norm": float(settings["gradientNormMax"]),
            "bf16": settings["precision"] == "bfloat16", "use_cpu": not torch.cuda.is_available(), "activation_checkpointing": recomputes, "seed": job.seed, "data_seed": job.seed,
            "save_strategy": "no", "logging_strategy": "no", "report_to": "none", "disable_tqdm": True, "remove_unused_columns": False, "dataloader_pin_memory": torch.cuda.is_available(), "restore_callback_states_from_checkpoint": False,
            **({"accelerator_config": {"gradient_accumulation_kwargs": {"sync_each_batch": True}}} if cuts_weights() else {})}  # else each device keeps the whole gradient of all weights from pass to pass, added up in bfloat16


def trainer_for(task: Task, model: PreTrainedModel, job: Job, settings: dict[str, Value], given: dict[str, object], keeper: Keeper) -> Trainer:
    if isinstance(task, Prm):
        if settings["gradientCheckpointing"] and settings["weights"] == "lora":
            task.model.enable_input_require_grads()  # else nothing in front of the first adapter has a gradient, and checkpointed layers get none
        return PrmTrainer(keeper=keeper, task=task, model=model, args=TrainingArguments(**given), train_dataset=Dataset.from_dict({"place": list(range(len(task.lengths)))}), data_collator=task.collate)
    tokenizer = Turns(job.model).tokenizer
    if isinstance(task, Dpo):
        config = DPOConfig(**given, beta=task.beta, label_smoothing=task.smoothing, max_length=None, loss_type=["sigmoid"])
        reference = None if settings["weights"] == "lora" else copy.deepcopy(task.model).requires_grad_(False)  # with an adapter the reference is the model without it
        return TokenizedDpoTrainer(keeper=keeper, model=model, ref_model=reference, args=config, train_dataset=Dataset.from_list(task.as_lists()), processing_class=tokenizer)
    assert isinstance(task, Sft)
    config = SFTConfig(**given, max_length=None, packing=False, dataset_kwargs={"skip_prepare_dataset": True})
    return WatchedSftTrainer(keeper=keeper, model=model, args=config, train_dataset=Dataset.from_list(task.as_lists()), processing_class=tokenizer)


class Watched:
    """In front of a trainer: every loss is looked at before it is used. Gradients and weights are by its callback, Keeper."""

    def __init__(self, *args: object, keeper: Keeper, **others: object) -> None:
        super().__init__(*args, callbacks=[keeper], **others)
        self.keeper = keeper

    def create_accelerator_and_postprocess(self) -> None:
        super().create_accelerator_and_postprocess()
        if self.accelerator.is_fsdp2 and self.args.bf16:  # accelerate would also add gradients and give log-probabilities in bfloat16
            self.accelerator.state.fsdp_plugin.mixed_precision_policy = MixedPrecisionPolicy(param_dtype=torch.bfloat16, reduce_dtype=torch.float32)

    def create_optimizer(self, model: torch.nn.Module | None = None) -> torch.optim.Optimizer:
        if self.optimizer is None:
            self.optimizer = new_optimizer(self.model if model is None else model, self.keeper.settings)
        return self.optimizer

    def create_scheduler(self, num_training_steps: int, optimizer: torch.optim.Optimizer | None = None) -> torch.optim.lr_scheduler.LRScheduler:
        if self.lr_scheduler is None:
            keeper = self.keeper
            self.lr_scheduler = torch.optim.lr_scheduler.LambdaLR(self.optimizer if optimizer is None else optimizer, lambda step: rate_share(step, keeper.steps, keeper.settings))
            self._created_lr_scheduler = True
        return self.lr_scheduler

    def training_step(self, model: torch.nn.Module, inputs: dict, *others: object, **named: object) -> Tensor:
        tokens = int(inputs["attention_mask"].sum()) if "attention_mask" in inputs else int(inputs["input_ids"].numel())
        loss = super().training_step(model, inputs, *others, **named)
        self.keeper.micro(float(loss), tokens)
        return loss


class WatchedSftTrainer(Watched, SFTTrainer):
    pass


class TokenizedDpoTrainer(Watched, DPOTrainer):
    """Takes prompt_ids, chosen_ids and rejected_ids as they are: TRL's own preparation ends every side with EOS, prefixes too."""

    def _prepare_dataset(self, dataset: Dataset, *others: object) -> Dataset:
        return dataset


def cut_reference(model: PreTrainedModel, accelerator: Accelerator) -> PreTrainedModel:
    """Layer by layer, as the policy is: TRL's own way makes one piece of it, which each pass would gather whole on every device."""
    return fsdp2_prepare_model(accelerator, model).eval() if accelerator.is_fsdp2 else prepare_fsdp(model, accelerator)


dpo_trainer.prepare_fsdp = cut_reference


class PrmTrainer(Watched, Trainer):
    def __init__(self, *args: object, task: Prm, **others: object) -> None:
        super().__init__(*args, **others)
        self.task = task
        self.model_accepts_loss_kwargs = False  # the loss of a pass is a mean, which is divided by the number of passes

    def compute_loss(self, model: torch.nn.Module, inputs: dict, return_outputs: bool = False, **others: object) -> Tensor:
        logits = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], use_cache=False).logits[inputs["at"], inputs["place"]].float()
        return self.task.mean_loss(logits, inputs["label"], inputs["weight"])


class Keeper(TrainerCallback):
    """Counts, reports, and decides when a checkpoint is written and when the training ends."""

    def __init__(self, job: Job, settings: dict[str, Value], identity: Identity, watch: Watch, steps: int, rows: int, state: State) -> None:
        self.job, self.settings, self.identity, self.watch, self.steps, self.rows, self.state = job, settings, identity, watch, steps, rows, state
        self.before, self.tokens_before, self.began, self.saved = state.seconds, state.tokens, time.monotonic(), time.monotonic()
        self.sum, self.seen = 0.0, 0

    def micro(self, loss: float, tokens: int) -> None:
        """Of one pass: its part of the update's loss. LOSS_NOT_A_NUMBER, where no other process would wait for this one."""
        if not math.isfinite(loss) and processes() == 1:
            raise no_number("The loss is", self.state.step + 1, self.job.out / "checkpoint")
        self.sum, self.seen = self.sum + loss, self.seen + tokens

    def on_step_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: object) -> None:
        if self.state.stopped is not None:
            raise NothingLeft()

    def on_pre_optimizer_step(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, model: torch.nn.Module, **others: object) -> None:
        """Behind the clipping, which turns a norm that is no number into gradients that are none: in every process, as gradients are added up by then. LOSS_NOT_A_NUMBER."""
        if not gradients_finite(model):
            raise no_number("A gradient is", self.state.step + 1, self.job.out / "checkpoint")

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, model: torch.nn.Module, **others: object) -> None:
        """LOSS_NOT_A_NUMBER where a weight is none that would be kept."""
        mine, now = self.state, time.monotonic()
        elapsed, limit = now - self.began, math.inf if self.job.minutes is None else self.job.minutes * 60
        clock = (float(self.before + elapsed >= limit), float(now - self.saved >= float(self.settings["checkpointSeconds"]))) if leads() else (0.0, 0.0)  # there is one clock: that of the process that leads
        loss, tokens, over, due = sums([self.sum, float(self.seen), *clock], args.device)
        if not math.isfinite(loss):
            raise no_number("The loss is", state.global_step, self.job.out / "checkpoint")
        rate = float(self.settings["learningRate"]) * rate_share(mine.step, self.steps, self.settings)
        mine.losses.append(loss / processes())
        mine.step, mine.tokens, mine.seconds = state.global_step, mine.tokens + round(tokens), self.before + elapsed
        an_epoch, batch = math.ceil(self.rows / int(self.settings["batchRows"])), int(self.settings["batchRows"])
        mine.epochs = mine.step // an_epoch + mine.step % an_epoch * batch / self.rows
        self.sum, self.seen = 0.0, 0
        mine.stopped = "end" if mine.step >= self.steps else "max-minutes" if over else None
        report(mine, rate, int(self.settings["reportSteps"]))
        left = 0.0 if mine.stopped is not None else min((self.steps - mine.step) * elapsed / max(1, mine.step - self.started), limit - mine.seconds)
        self.watch.step(mine.step, self.steps, float(np.mean(mine.losses[-int(self.settings["reportSteps"]) :])), (mine.tokens - self.tokens_before) / max(elapsed, 1e-9), left)
        if leads() and self.watch.due("curve"):
            write_curve(self.job.out, mine.reports, None)
        ends = mine.stopped is not None or sums([float(self.watch.stopping)], args.device)[0] > 0
        control.should_save, control.should_training_stop = ends or due > 0, ends
        if control.should_save and sums([float(not all_finite(model))], args.device)[0]:
            raise no_number("A weight is", mine.step, self.job.out / "checkpoint")

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: object) -> None:
        self.started = self.state.step
        self.began = self.saved = time.monotonic()
        if self.started and self.state.stopped is None:
            print(f"{self.job.task}: goes on at step {self.started:,} of {self.steps:,}", flush=True)

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: object) -> None:
        sums([0.0], args.device)  # each process has written its part
        self.saved = time.monotonic()
        if not leads():
            return
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        write_json_whole(folder / COMPLETE, {"identity": identity_of_checkpoint(self.identity), "state": asdict(self.state), "cut": cuts_weights()})
        for older in Path(args.output_dir).glob("checkpoint-*"):
            if older != folder:
                shutil.rmtree(older, ignore_errors=True)


def newest(folder: Path, identity: Identity) -> Path | None:
    """The last checkpoint that is whole; what a kill left half-written is not looked at. OUT_FOREIGN."""
    whole = sorted((file.parent for file in folder.glob(f"checkpoint-*/{COMPLETE}")), key=lambda one: int(one.name.split("-")[1]))
    if not whole:
        shutil.rmtree(folder, ignore_errors=True)
        return None
    found = json.loads((whole[-1] / COMPLETE).read_text())
    refuse_foreign_checkpoint(identity, found["identity"], whole[-1])
    if found.get("cut", False) != cuts_weights():
        raise Fault("OUT_FOREIGN", f"The checkpoint {whole[-1]} has its weights {'cut over devices' if found.get('cut') else 'whole'}, and this launch has them {'cut' if cuts_weights() else 'whole'}.", f"Launch it as before; or remove the folder {folder}, and the training begins anew.")
    return whole[-1]


def state_of(folder: Path | None) -> State:
    return State() if folder is None else State(**json.loads((folder / COMPLETE).read_text())["state"])
