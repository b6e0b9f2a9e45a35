"""One job from its settings to its manifest."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import numpy as np

from .base_check import check_base, context_of
from .card import HELD_OUT_OF, write_card
from .fault import Fault
from .identity import UNTOUCHED, Identity, identity_of, identity_of_manifest, refuse_foreign
from .job import Job
from .ranks import leads, part, processes, shared
from .schema import read_schema, wrongs
from .settings import Value, read_settings
from .tables import Rows, read_rows
from .versions import versions
from .watch import Watch
from .whole_file import write_json_whole, write_whole

LAUNCHER_SECONDS = 60.0
TABLES = {"sft": ("sft",), "prm": ("prm",), "dpo": ("preference",)}


def run_job(job: Job, watch: Watch | None = None) -> dict | None:
    """Gives the manifest, and None in a process that follows another (ranks.py); where OUT has it already, nothing is done, and nothing is written where it has another one's. Fault, or Stopped at a signal."""
    if processes() > 1 and leads():
        (job.out / "error.json").unlink(missing_ok=True)  # what stands there from now on is of this attempt
    settings = read_settings(job.task, job.config, job.settings)
    if processes() > 1 and settings["loop"] != "trl":
        raise Fault("PROCESSES_WRONG", f"{processes()} processes were started for a training by the own loop, which is one.", f"Start one process, or set {job.task}.loop to trl.")
    check_base(job)
    watch = watch or Watch(job.out, job.task)
    if not leads():
        return follow(job, settings, watch)
    done = finished(job, settings)
    job.out.mkdir(parents=True, exist_ok=True)
    with only_one(job.out):
        done = done or finished(job, settings)  # another process may have come to its end in between
        (job.out / "error.json").unlink(missing_ok=True)
        begins(done is None)  # from now on another process may fail first, and say why
        if done is None:
            watch.phase("loading")
            rows = read_rows(job.datasets, tables_of(job.task, settings))
            done = train(job, settings, rows, identity_of(job, settings, rows), watch)
        shutil.rmtree(job.out / "checkpoint", ignore_errors=True)  # last: until the manifest stands it is what a restart needs
        watch.phase("done")
        return done


def begins(something_left: bool) -> bool:
    """Whether there is something to train, which the process that leads knows: told to all."""
    left = bool(shared(something_left))
    if not left:
        part()
    return left


def follow(job: Job, settings: dict[str, Value], watch: Watch) -> None:
    """Trains with the process that leads, which keeps what comes of it."""
    from .open_task import open_task

    if not begins(True):
        return
    watch.phase("loading")
    rows = read_rows(job.datasets, tables_of(job.task, settings))
    open_task(job, settings, rows, context_of(job.model)).train(identity_of(job, settings, rows), watch)


def check_job(job: Job) -> str:
    """Reads everything and trains nothing: what would be learnt. The same faults as run_job, but for those of OUT and of the training itself."""
    from .open_task import open_task

    settings = read_settings(job.task, job.config, job.settings)
    check_base(job)
    rows = read_rows(job.datasets, tables_of(job.task, settings))
    opened = open_task(job, settings, rows, context_of(job.model))
    used = opened.task.used
    return f"{job.task}: {opened.parameters:,} parameters, {used.used:,} of {used.rows:,} rows, {opened.task.tokens(np.arange(len(opened.task.lengths))):,} tokens an epoch; left out: {used.skipped or 'none'}"


def tables_of(task: str, settings: dict[str, Value]) -> tuple[str, ...]:
    return (*TABLES[task], *(("preference_steps",) if task == "dpo" and settings["steps"] else ()))


def finished(job: Job, settings: dict[str, Value]) -> dict | None:
    """The manifest of the same job, whose data and base are read only where OUT has one. OUT_FOREIGN for another one's."""
    file = job.out / "manifest.json"
    if not file.exists():
        return None
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        found = identity_of_manifest(manifest)
    except (ValueError, KeyError, TypeError) as error:
        raise Fault("OUT_FOREIGN", f"{file} is no manifest of a training: {error}.", UNTOUCHED) from error
    identity = identity_of(job, settings, read_rows(job.datasets, tables_of(job.task, settings)))
    refuse_foreign(json.loads(json.dumps({**identity, "onnx": job.onnx})), {**found, "onnx": manifest["onnx"] is not None}, str(file), UNTOUCHED)
    print(f"{job.task}: done before, {file}", flush=True)
    return manifest


def train(job: Job, settings: dict[str, Value], rows: Rows, identity: Identity, watch: Watch) -> dict:
    from .open_task import open_task  # torch takes seconds to import: what can be wrong without it is said before

    opened = open_task(job, settings, rows, context_of(job.model))
    print(f"{job.task}: {opened.task.used.used:,} of {opened.task.used.rows:,} rows, {', '.join(f'{count:,} {reason}' for reason, count in opened.task.used.skipped.items()) or 'none left out'}", flush=True)
    outcome = opened.train(identity, watch)
    watch.phase("exporting")
    held = opened.task.report_held()
    written = opened.write(job.out)
    watch.check()
    used, steps, losses = opened.task.used, outcome.step, outcome.losses
    tenth = max(1, len(losses) // 10)
    manifest = {
        "v": 1, "task": job.task, "config": Path(job.config).stem, "settings": settings, "base": identity["base"],
        "data": {"sha256": rows.sha256, "files": rows.files, "rows": used.rows, "used": used.used, "skipped": used.skipped},
        "seed": job.seed, "threads": job.threads, "steps": steps, "epochs": round(outcome.epochs, 4), "tokens": outcome.tokens, "flops": 6.0 * opened.parameters * outcome.tokens,
        "seconds": round(outcome.seconds, 3), "stopped": outcome.stopped, "loss": {"first": mean(losses[:tenth]), "last": mean(losses[-tenth:]), "held": None if held is None else round(held["loss"], 6)},
        **written, "curve": {"data": "loss.jsonl", "picture": "loss.svg"}, "versions": versions(), "deterministic": settings["loop"] == "own" and outcome.stopped == "end",
    }
    found = list(wrongs(manifest, read_schema("training-manifest.v1")))
    if found:
        raise Fault("TRAINING_FAILED", f"The manifest would be wrong: {' '.join(found[:3])}", "Please report this.")
    if held is not None:
        write_json_whole(job.out / "held.json", {"outOf": HELD_OUT_OF, **held})
        print(f"{job.task}: held out: {', '.join(f'{name} {value:.4f}' if isinstance(value, float) else f'{name} {value}' for name, value in held.items())}", flush=True)
    write_whole(job.out / "README.md", write_card(manifest, held, job.model.name, [name_of(dataset) for dataset in job.datasets]).encode())
    write_json_whole(job.out / "manifest.json", manifest)
    return manifest


def name_of(dataset: Path) -> str:
    """RUN/dataset -> RUN: the last name that says something. Paths of this machine stay out of what is written."""
    return dataset.parent.name if dataset.name == "dataset" else dataset.name


def mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 6)


def leave_error(out: Path, fault: Fault) -> None:
    """OUT/error.json, where OUT is this job's to write into: not where a finished training lies, and not where another one trains. Of several processes the first that fails knows why; the others lost it."""
    file = out / "error.json"
    if (out / "manifest.json").exists() or (processes() > 1 and file.exists()):
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
        with only_one(out) if leads() else nullcontext():
            write_json_whole(file, {"code": fault.code, "message": fault.message, "hint": fault.hint})
    except (OSError, Fault):
        pass  # a disk that is full takes this file no more either; stderr has the words


@contextmanager
def only_one(out: Path) -> Iterator[None]:
    """OUT_BUSY where another training writes into the folder. The lock ends with the process, however that ends; processes whose launcher was killed take a moment (ranks.py)."""
    handle = os.open(out / ".lock", os.O_CREAT | os.O_RDWR)
    try:
        until = time.monotonic() + (LAUNCHER_SECONDS if processes() > 1 else 0)
        while not locked(handle):
            if time.monotonic() >= until:
                raise Fault("OUT_BUSY", f"Another training writes into {out}.", "Wait for it or stop it; the same job goes on from its checkpoint.")
            time.sleep(0.1)
        yield
    finally:
        os.close(handle)


def locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
