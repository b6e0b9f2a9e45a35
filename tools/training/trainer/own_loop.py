"""The own loop: a batch, its gradients, an update. On a CPU the same job gives the same bytes, however often it was stopped or killed."""

from __future__ import annotations

import math
import time

import numpy as np
import torch

from .batches import plan_epoch
from .checkpoint import Checkpoint, State
from .curve import write_curve
from .fault import Stopped
from .finite import all_finite, no_number
from .job import Job
from .optimizer import new_optimizer
from .schedule import rate_share
from .settings import Value
from .task import Task
from .watch import Watch


def plan_of(lengths: np.ndarray, settings: dict[str, Value], seed: int) -> list[np.ndarray]:
    """All batches in order; the last epoch is cut where epochs is a fraction."""
    epochs = float(settings["epochs"])
    rows, positions = (None if settings[name] is None else int(settings[name]) for name in ("batchRows", "batchTokens"))
    plans = [plan_epoch(lengths, seed, epoch, positions, rows) for epoch in range(math.ceil(epochs))]
    part = epochs - math.floor(epochs)
    if part > 0:
        plans[-1] = plans[-1][: max(1, round(part * len(plans[-1])))]
    return [batch for plan in plans for batch in plan]


def train_own(task: Task, job: Job, settings: dict[str, Value], checkpoint: Checkpoint, watch: Watch) -> State:
    """Trains task.model in place and gives what it came to. Goes on from the checkpoint where there is one. Stopped at a signal, LOSS_NOT_A_NUMBER."""
    plan = plan_of(task.lengths, settings, job.seed)
    optimizer = new_optimizer(task.model, settings)
    state = checkpoint.load(task.model, optimizer) or State()
    if state.step:
        print(f"{job.task}: goes on at step {state.step:,} of {len(plan):,}", flush=True)
    ends = np.cumsum([task.tokens(batch) for batch in plan])  # tokens seen behind each step, of the whole training
    seen = np.cumsum([len(batch) for batch in plan])
    limit = math.inf if job.minutes is None else job.minutes * 60
    before, tokens_before, began, saved = state.seconds, state.tokens, time.monotonic(), time.monotonic()
    task.model.train()
    watch.phase("training")
    while state.stopped is None:
        rate = float(settings["learningRate"]) * rate_share(state.step, len(plan), settings)
        state.losses.append(update(task, plan[state.step], optimizer, rate, float(settings["gradientNormMax"]), state.step, checkpoint))
        state.tokens = int(ends[state.step])
        state.step += 1
        state.epochs = float(seen[state.step - 1]) / len(task.lengths)
        now = time.monotonic()
        state.seconds = before + now - began
        state.stopped = "end" if state.step == len(plan) else "max-minutes" if state.seconds >= limit else None
        report(state, rate, int(settings["reportSteps"]))
        speed = (state.tokens - tokens_before) / max(now - began, 1e-9)
        left = 0.0 if state.stopped is not None else min((ends[-1] - state.tokens) / speed, limit - state.seconds)
        watch.step(state.step, len(plan), float(np.mean(state.losses[-int(settings["reportSteps"]) :])), speed, left)
        if watch.due("curve"):
            write_curve(job.out, state.reports, None)
        if state.stopped is not None or watch.stopping or now - saved >= float(settings["checkpointSeconds"]):
            if not all_finite(task.model):
                raise no_number("A weight is", state.step, checkpoint.folder)
            checkpoint.keep(task.model, optimizer, state)
            saved = time.monotonic()
        if watch.stopping and state.stopped is None:
            raise Stopped()
    write_curve(job.out, state.reports, job.task)
    task.model.eval()
    return state


def update(task: Task, batch: np.ndarray, optimizer: torch.optim.Optimizer, rate: float, norm_max: float, step: int, checkpoint: Checkpoint) -> float:
    for group in optimizer.param_groups:
        group["lr"] = rate
    loss = task.loss(batch)
    value = float(loss.detach())
    if math.isfinite(value):
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_([weight for group in optimizer.param_groups for weight in group["params"]], norm_max)
        if torch.isfinite(norm):
            optimizer.step()
            return value
    raise no_number(f"With the learning rate {rate:.3g} the loss or its gradient is", step + 1, checkpoint.folder)


def report(state: State, rate: float, every: int) -> None:
    """A line of loss.jsonl every so many steps, and at the end: the same lines however often the training was stopped, but for seconds."""
    since = state.reports[-1]["step"] if state.reports else 0
    if state.step - since >= every or state.stopped is not None:
        state.reports.append({"step": state.step, "loss": round(float(np.mean(state.losses[since:])), 6), "rate": float(f"{rate:.6g}"), "tokens": state.tokens, "seconds": round(state.seconds, 2)})
